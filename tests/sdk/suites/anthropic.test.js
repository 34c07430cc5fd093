// The official @anthropic-ai/sdk on /v1/messages, over every provider.

import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { closesSoon, collect, failureOf, key, open, test } from '../support/bench.js';
import { anthropicClient } from '../support/clients.js';
import { answer, assertCalls, assertSent, pixel, streamedCalls, time, user, weather } from '../support/asks.js';
import { anthropic, everybody, failure, label, openai } from '../support/providers.js';
import { cut, stall } from '../support/upstream.js';

const tools = [weather, time].map(({ parameters, ...rest }) => ({ ...rest, input_schema: parameters }));
const calls = ({ content }) => content.filter(({ type }) => type === 'tool_use').map(({ name, input }) => ({ name, arguments: input }));
const text = ({ content }) => content.filter(({ type }) => type === 'text').map((block) => block.text).join('');

for (const provider of everybody) {
  const over = (name) => `anthropic over ${label(provider)}: ${name}`;
  const ask = { model: provider.model, max_tokens: 1024, messages: [user] };
  const begin = async (t, more) => {
    const bench = await open(t, { providers: [provider], ...more });
    return { bench, client: anthropicClient(bench), messages: anthropicClient(bench).messages };
  };

  test(over('a message'), async (t) => {
    const { bench, messages } = await begin(t);
    const message = await messages.create({ ...ask, system: 'Be brief.' });
    assert.equal(message.type, 'message');
    assert.equal(message.role, 'assistant');
    assert.equal(text(message), answer);
    assert.equal(message.stop_reason, 'end_turn');
    assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
    assert.ok(message._request_id, 'the header request-id');
    assertSent(bench.upstream.asked, 'Be brief.');
    assert.equal(bench.upstream.calls.length, 1);
  });

  test(over('a stream with its events in order'), async (t) => {
    const { messages } = await begin(t);
    const events = await collect(await messages.create({ ...ask, stream: true }));
    const types = events.map(({ type }) => type);
    assert.equal(types[0], 'message_start');
    assert.deepEqual(events[0].message.content, []);
    assert.deepEqual(types.slice(-2), ['message_delta', 'message_stop']);
    assert.equal(types.filter((type) => type === 'content_block_start').length, types.filter((type) => type === 'content_block_stop').length);
    assert.equal(events.filter(({ delta }) => delta?.type === 'text_delta').map(({ delta }) => delta.text).join(''), answer);
    assert.equal(events.at(-2).delta.stop_reason, 'end_turn');
    assert.ok(events.at(-2).usage.output_tokens > 0);
  });

  test(over("the SDK's stream helper puts the message together"), async (t) => {
    const { messages } = await begin(t);
    const final = await messages.stream(ask).finalMessage();
    assert.equal(text(final), answer);
    assert.ok(final.usage.output_tokens > 0);
  });

  test(over('parallel tools and the turn with their results'), async (t) => {
    const { bench, messages } = await begin(t);
    const first = await messages.create({ ...ask, tools });
    assert.equal(first.stop_reason, 'tool_use');
    assertCalls(calls(first), 2);
    const results = first.content
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }, i) => ({ type: 'tool_result', tool_use_id: id, content: `result ${i}` }));
    const turns = [user, { role: 'assistant', content: first.content }, { role: 'user', content: results }];
    const second = await messages.create({ ...ask, messages: turns, tools });
    assert.equal(text(second), answer);
    assertSent(bench.upstream.asked, 'result 0');
    assertSent(bench.upstream.asked, 'result 1');
  });

  test(over('streamed tools'), async (t) => {
    const { messages } = await begin(t);
    const final = await messages.stream({ ...ask, tools }).finalMessage();
    assert.equal(final.stop_reason, 'tool_use');
    assertCalls(calls(final), streamedCalls[provider.toolDialect]);
  });

  test(over('an image'), async (t) => {
    const { bench, messages } = await begin(t);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } };
    await messages.create({ ...ask, messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, image] }] });
    assertSent(bench.upstream.asked, pixel);
  });

  test(over('a count of tokens'), async (t) => {
    const { messages } = await begin(t);
    const { input_tokens } = await messages.countTokens({ model: provider.model, messages: [user] });
    assert.ok(Number.isInteger(input_tokens) && input_tokens > 0);
  });

  const errors = [
    [400, Anthropic.BadRequestError, 400, 'invalid_request_error'],
    [404, Anthropic.NotFoundError, 404, 'not_found_error'],
    [429, Anthropic.RateLimitError, 429, 'rate_limit_error'],
    [500, Anthropic.InternalServerError, 502, undefined],
    [503, Anthropic.InternalServerError, 503, undefined],
  ];
  for (const [status, raises, answered, type] of errors) {
    test(over(`${status} is a ${raises.name}, asked once more at most`), async (t) => {
      const { bench, messages } = await begin(t, { more: { retry: { max_attempts: 1 } } });
      bench.upstream.script(failure(provider, status, 'scripted failure', { 'retry-after': '7' }));
      const error = await failureOf(messages.create(ask));
      assert.ok(error instanceof raises, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status === 529 ? 503 : error.status, answered);
      assert.equal(error.error.type, 'error');
      if (type) assert.equal(error.type, type);
      assert.ok(error.requestID, 'the header request-id');
      assert.equal(bench.upstream.calls.length, 1, 'x-should-retry: false is obeyed');
      if (answered === 429) assert.ok(Number(error.headers.get('retry-after')) >= 7);
    });
  }

  test(over('a stream that dies is an error'), async (t) => {
    const { bench, messages } = await begin(t);
    bench.upstream.script(cut(provider.name));
    const error = await failureOf(collect(await messages.create({ ...ask, stream: true })));
    assert.ok(error instanceof Anthropic.APIError, error.message);
    assert.ok(error.type, 'the type of the error event');
  });

  test(over('an abort closes the upstream connection'), async (t) => {
    const { bench, messages } = await begin(t);
    bench.upstream.script(stall(provider.name));
    for await (const event of await messages.create({ ...ask, stream: true })) if (event.type === 'content_block_delta') break;
    const left = performance.now();
    await closesSoon(bench.upstream.calls[0], left);
  });
}

test('anthropic: the key may come as x-api-key, and a wrong one is an AuthenticationError', async (t) => {
  const bench = await open(t, { providers: [anthropic] });
  const ask = { model: anthropic.model, max_tokens: 64, messages: [user] };
  const older = await bench.post('/v1/messages', ask, { headers: { authorization: '', 'x-api-key': key, 'anthropic-version': '2023-06-01' } });
  assert.equal(older.status, 200, await older.text());
  const error = await failureOf(anthropicClient(bench, { apiKey: 'sk-wrong' }).messages.create(ask));
  assert.ok(error instanceof Anthropic.AuthenticationError, error.message);
  assert.equal(error.type, 'authentication_error');
  assert.notEqual(bench.upstream.calls[0].headers['x-api-key'] ?? bench.upstream.calls[0].headers.authorization, key);
});

test('anthropic: what only its own API knows passes through unchanged', async (t) => {
  const bench = await open(t, { providers: [anthropic] });
  const system = [{ type: 'text', text: 'Long and stable.', cache_control: { type: 'ephemeral' } }];
  await anthropicClient(bench).messages.create({ model: anthropic.model, max_tokens: 64, system, messages: [user], thinking: { type: 'adaptive' } });
  assert.deepEqual(bench.upstream.asked.system, system);
  assert.deepEqual(bench.upstream.asked.thinking, { type: 'adaptive' });
});

test('anthropic: without max_tokens or messages the caller is told', async (t) => {
  const bench = await open(t, { providers: [openai] });
  const error = await failureOf(anthropicClient(bench).messages.create({ model: openai.model, max_tokens: 64, messages: [] }));
  assert.ok(error.status === 400 || error.status === 422, error.message);
  assert.equal(error.type, 'invalid_request_error');
});
