// The official openai package on /v1/chat/completions, over every provider.

import assert from 'node:assert/strict';
import { closesSoon, collect, eventually, failureOf, open, test } from '../support/bench.js';
import { openaiClient } from '../support/clients.js';
import { answer, assertCalls, assertSent, picture, pixel, streamedCalls, structured, tools, user } from '../support/asks.js';
import { everybody, label, mistral, openai } from '../support/providers.js';
import { cut, stall } from '../support/upstream.js';

const calls = (message) =>
  message.tool_calls.map((one) => ({ name: one.function.name, arguments: JSON.parse(one.function.arguments) }));

for (const provider of everybody) {
  const over = (name) => `openai chat over ${label(provider)}: ${name}`;
  const begin = async (t, more) => {
    const bench = await open(t, { providers: [provider], ...more });
    return { bench, completions: openaiClient(bench).chat.completions };
  };

  test(over('a chat'), async (t) => {
    const { bench, completions } = await begin(t);
    const { data, response, request_id } = await completions.create({ model: provider.model, messages: [user] }).withResponse();
    assert.equal(data.object, 'chat.completion');
    assert.equal(data.choices[0].message.role, 'assistant');
    assert.equal(data.choices[0].message.content, answer);
    assert.equal(data.choices[0].finish_reason, 'stop');
    assert.equal(data.usage.total_tokens, data.usage.prompt_tokens + data.usage.completion_tokens);
    assert.ok(Number.isInteger(data.created));
    assert.ok(request_id);
    assert.equal(response.headers.get('x-sluice-provider'), provider.name);
    assert.equal(bench.upstream.calls.length, 1);
    assert.match(bench.upstream.calls[0].path.split('?')[0], provider.callPath);
  });

  test(over('a stream, usage not asked for'), async (t) => {
    const { completions } = await begin(t);
    const chunks = await collect(await completions.create({ model: provider.model, messages: [user], stream: true }));
    assert.equal(chunks.map((chunk) => chunk.choices[0].delta.content ?? '').join(''), answer);
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
    assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
    assert.ok(chunks.every((chunk) => !('usage' in chunk) || chunk.usage), 'usage is an object or absent, never null');
  });

  test(over('a stream, usage asked for'), async (t) => {
    const { completions } = await begin(t);
    const asked = { model: provider.model, messages: [user], stream: true, stream_options: { include_usage: true } };
    const chunks = await collect(await completions.create(asked));
    const last = chunks.at(-1);
    assert.deepEqual(last.choices, []);
    assert.ok(last.usage.prompt_tokens > 0 && last.usage.completion_tokens > 0);
    assert.equal(chunks.filter(({ usage }) => usage).length, 1);
  });

  test(over("the SDK's stream helper puts the answer together"), async (t) => {
    const { completions } = await begin(t);
    const runner = completions.stream({ model: provider.model, messages: [user] });
    assert.equal(await runner.finalContent(), answer);
  });

  test(over('parallel tool calls and the turn with their results'), async (t) => {
    const { bench, completions } = await begin(t);
    const first = await completions.create({ model: provider.model, messages: [user], tools });
    assert.equal(first.choices[0].finish_reason, 'tool_calls');
    const message = first.choices[0].message;
    assertCalls(calls(message), 2);
    assert.equal(new Set(message.tool_calls.map(({ id }) => id)).size, 2);
    const results = message.tool_calls.map(({ id }, i) => ({ role: 'tool', tool_call_id: id, content: `result ${i}` }));
    const second = await completions.create({ model: provider.model, messages: [user, message, ...results], tools });
    assert.equal(second.choices[0].message.content, answer);
    assertSent(bench.upstream.asked, 'result 0');
    assertSent(bench.upstream.asked, 'result 1');
    assertSent(bench.upstream.asked, 'get_weather');
  });

  test(over('streamed tool calls'), async (t) => {
    const { completions } = await begin(t);
    const runner = completions.stream({ model: provider.model, messages: [user], tools });
    const { message, finish_reason } = (await runner.finalChatCompletion()).choices[0];
    assert.equal(finish_reason, 'tool_calls');
    assertCalls(calls(message), streamedCalls[provider.toolDialect]);
  });

  test(over('structured output'), async (t) => {
    const { bench, completions } = await begin(t);
    await completions.create({ model: provider.model, messages: [user], response_format: structured });
    assertSent(bench.upstream.asked, '"city"');
    assertSent(bench.upstream.asked, provider.name === 'gemini' ? 'application/json' : 'json_schema');
  });

  test(over('an image'), async (t) => {
    const { bench, completions } = await begin(t);
    await completions.create({ model: provider.model, messages: [picture] });
    assertSent(bench.upstream.asked, pixel);
  });

  test(over('an abort closes the upstream connection'), async (t) => {
    const { bench, completions } = await begin(t);
    bench.upstream.script(stall(provider.name));
    const stream = await completions.create({ model: provider.model, messages: [user], stream: true });
    for await (const chunk of stream) if (chunk.choices[0].delta.content) break;
    const left = performance.now();
    await closesSoon(bench.upstream.calls[0], left);
    assert.equal(bench.upstream.calls.length, 1);
  });

  test(over('a stream that dies is an error, not an end'), async (t) => {
    const { bench, completions } = await begin(t);
    bench.upstream.script(cut(provider.name));
    const stream = await completions.create({ model: provider.model, messages: [user], stream: true });
    const error = await failureOf(collect(stream));
    assert.equal(error.constructor.name, 'APIError');
    assert.ok(error.message.length > 10, error.message);
  });
}

test('openai chat: an abort while the head is awaited closes the upstream connection', async (t) => {
  const bench = await open(t);
  bench.upstream.script({ then: 'hang' });
  const controller = new AbortController();
  const call = openaiClient(bench).chat.completions.create({ model: openai.model, messages: [user] }, { signal: controller.signal });
  const failed = failureOf(call);
  await eventually('the request reaches the provider', () => bench.upstream.calls.length === 1);
  const left = performance.now();
  controller.abort();
  assert.equal((await failed).constructor.name, 'APIUserAbortError');
  await closesSoon(bench.upstream.calls[0], left);
});

test('openai chat: a bare model name finds its provider, a route name its targets', async (t) => {
  const routes = { fast: { targets: [{ provider: 'mistral', model: mistral.bare }] } };
  const bench = await open(t, { providers: [openai, mistral], config: { routes } });
  const completions = openaiClient(bench).chat.completions;
  for (const [model, provider] of [[openai.bare, 'openai'], [mistral.bare, 'mistral'], [mistral.model, 'mistral'], ['fast', 'mistral']]) {
    const { response } = await completions.create({ model, messages: [user] }).withResponse();
    assert.equal(response.headers.get('x-sluice-provider'), provider, model);
  }
});

test('openai chat: zod helpers parse the structured answer', async (t) => {
  const { zodResponseFormat } = await import('openai/helpers/zod');
  const { z } = await import('zod');
  const bench = await open(t);
  bench.upstream.script(({ body }) => ({
    headers: {},
    body: JSON.stringify({
      id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: body.model,
      choices: [{ index: 0, message: { role: 'assistant', content: '{"city":"Paris"}', refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
  }));
  const parsed = await openaiClient(bench).chat.completions.parse({
    model: openai.model,
    messages: [user],
    response_format: zodResponseFormat(z.object({ city: z.string() }), 'capital'),
  });
  assert.deepEqual(parsed.choices[0].message.parsed, { city: 'Paris' });
});
