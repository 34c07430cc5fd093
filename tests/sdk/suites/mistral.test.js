// The official @mistralai/mistralai package, over every provider: the strictest reader of the field.

import assert from 'node:assert/strict';
import * as errors from '@mistralai/mistralai/models/errors';
import { closesSoon, collect, failureOf, open, test } from '../support/bench.js';
import { mistralClient } from '../support/clients.js';
import { answer, assertCalls, assertSent, assertVector, pixel, question, schema, streamedCalls, tools, user } from '../support/asks.js';
import { everybody, failure, label, mistral, withEmbeddings } from '../support/providers.js';
import { cut, stall } from '../support/upstream.js';

const parsed = (args) => (typeof args === 'string' ? JSON.parse(args) : args);
const calls = (list) => list.map((one) => ({ name: one.function.name, arguments: parsed(one.function.arguments) }));

for (const provider of everybody) {
  const over = (name) => `mistral over ${label(provider)}: ${name}`;
  const ask = { model: provider.model, messages: [user] };
  const begin = async (t, more) => {
    const bench = await open(t, { providers: [provider], ...more });
    return { bench, client: mistralClient(bench) };
  };

  test(over('a chat'), async (t) => {
    const { bench, client } = await begin(t);
    const { choices, usage, object } = await client.chat.complete(ask);
    assert.equal(object, 'chat.completion');
    assert.equal(choices[0].message.content, answer);
    assert.equal(choices[0].finishReason, 'stop');
    assert.ok(usage.totalTokens > 0);
    assert.equal(bench.upstream.calls.length, 1);
  });

  test(over('a stream'), async (t) => {
    const { client } = await begin(t);
    const chunks = (await collect(await client.chat.stream(ask))).map(({ data }) => data);
    assert.equal(chunks.map(({ choices }) => choices[0].delta.content ?? '').join(''), answer);
    assert.equal(chunks.at(-1).choices[0].finishReason, 'stop');
    assert.ok(chunks.at(-1).usage.totalTokens > 0);
  });

  test(over('parallel tools and the turn with their results'), async (t) => {
    const { bench, client } = await begin(t);
    const first = await client.chat.complete({ ...ask, tools });
    assert.equal(first.choices[0].finishReason, 'tool_calls');
    const message = first.choices[0].message;
    assertCalls(calls(message.toolCalls), 2);
    const results = message.toolCalls.map(({ id, function: { name } }, i) => ({ role: 'tool', toolCallId: id, name, content: `result ${i}` }));
    const second = await client.chat.complete({ ...ask, tools, messages: [user, { ...message, role: 'assistant' }, ...results] });
    assert.equal(second.choices[0].message.content, answer);
    assertSent(bench.upstream.asked, 'result 1');
  });

  test(over('streamed tools'), async (t) => {
    const { client } = await begin(t);
    const chunks = (await collect(await client.chat.stream({ ...ask, tools }))).map(({ data }) => data);
    assertCalls(calls(chunks.flatMap(({ choices }) => choices[0].delta.toolCalls ?? [])), streamedCalls[provider.toolDialect]);
    assert.equal(chunks.at(-1).choices[0].finishReason, 'tool_calls');
  });

  test(over('structured output and an image'), async (t) => {
    const { bench, client } = await begin(t);
    const content = [{ type: 'text', text: question }, { type: 'image_url', imageUrl: `data:image/png;base64,${pixel}` }];
    const responseFormat = { type: 'json_schema', jsonSchema: { name: 'capital', schemaDefinition: schema, strict: true } };
    await client.chat.complete({ ...ask, messages: [{ role: 'user', content }], responseFormat });
    assertSent(bench.upstream.asked, pixel);
    assertSent(bench.upstream.asked, '"city"');
  });

  test(over('a stream that dies is an error'), async (t) => {
    const { bench, client } = await begin(t);
    bench.upstream.script(cut(provider.name));
    await failureOf(client.chat.stream(ask).then(collect));
  });

  test(over('an abort closes the upstream connection'), async (t) => {
    const { bench, client } = await begin(t);
    bench.upstream.script(stall(provider.name));
    const controller = new AbortController();
    const stream = await client.chat.stream(ask, { fetchOptions: { signal: controller.signal } });
    for await (const { data } of stream) if (data.choices[0].delta.content) break;
    controller.abort();
    const left = performance.now();
    await closesSoon(bench.upstream.calls[0], left);
  });

  for (const [status, answered, asked] of [[400, 400, 1], [404, 404, 1], [429, 429, 1], [500, 502, 2], [503, 503, 2]]) {
    test(over(`${status} is a readable error`), async (t) => {
      const { bench, client } = await begin(t, { more: { retry: { max_attempts: 2, base_delay: '1ms', max_delay: '2ms', max_wait: '5ms', budget_burst: 100 } } });
      bench.upstream.script(failure(provider, status, 'scripted failure', status === 429 ? { 'retry-after': '7' } : {}));
      const error = await failureOf(client.chat.complete(ask));
      assert.ok(error instanceof errors.SDKError, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.statusCode, answered);
      const body = JSON.parse(error.body);
      assert.equal(body.object, 'error');
      assert.equal(body.message, body.error.message);
      assert.equal(bench.upstream.calls.length, asked);
    });
  }
}

for (const provider of withEmbeddings) {
  test(`mistral over ${label(provider)}: embeddings`, async (t) => {
    const client = mistralClient(await open(t, { providers: [provider] }));
    const answer = await client.embeddings.create({ model: provider.embedding, inputs: ['a', 'b'] });
    assert.ok(answer.id);
    answer.data.forEach(({ embedding, index }, i) => {
      assert.equal(index, i);
      assertVector(embedding);
    });
  });
}

test('mistral: models are listed with their kind and capabilities', async (t) => {
  const client = mistralClient(await open(t, { providers: [mistral] }));
  const { data } = await client.models.list();
  const one = data.find(({ id }) => id.endsWith(mistral.bare));
  assert.equal(one.type, 'base');
  assert.equal(one.capabilities.completionChat, true);
  assert.ok(one.maxContextLength > 1000);
  const got = await client.models.retrieve({ modelId: one.id });
  assert.equal(got.id, one.id);
  assert.equal(got.type, 'base');
});

test('mistral: a rule that is broken is an HTTPValidationError or a readable error', async (t) => {
  const client = mistralClient(await open(t, { providers: [mistral] }));
  const error = await failureOf(client.chat.complete({ model: mistral.model, messages: [user], temperature: 3 }));
  assert.ok(error.statusCode === 400 || error.statusCode === 422, error.message);
  assert.notEqual(error.constructor.name, 'ResponseValidationError');
});

test('mistral: a wrong key is 401', async (t) => {
  const client = mistralClient(await open(t, { providers: [mistral] }), { apiKey: 'sk-wrong' });
  const error = await failureOf(client.chat.complete({ model: mistral.model, messages: [user] }));
  assert.equal(error.statusCode, 401);
});

test('mistral: a moderation', async (t) => {
  const client = mistralClient(await open(t, { providers: [mistral] }));
  const { id, results } = await client.classifiers.moderate({ model: 'mistral/mistral-moderation-2603', inputs: ['I will hurt you'] });
  assert.ok(id);
  assert.ok(Object.keys(results[0].categories).length > 0);
});

test('mistral: a transcription', async (t) => {
  const bench = await open(t, { providers: [mistral] });
  const file = { fileName: 'hello.wav', content: new Blob([Buffer.from('RIFF....WAVE')]) };
  const answer = await mistralClient(bench).audio.transcriptions.complete({ model: 'mistral/voxtral-mini-2602', file });
  assert.equal(answer.text, 'Hello world.');
  assertSent(bench.upstream.asked, 'RIFF....WAVE');
});
