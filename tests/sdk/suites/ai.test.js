// Vercel's ai package with @ai-sdk/openai (Responses and chat), @ai-sdk/mistral and
// @ai-sdk/openai-compatible, over every provider.

import assert from 'node:assert/strict';
import { embedMany, generateText, jsonSchema, Output, streamText, stepCountIs, tool } from 'ai';
import { closesSoon, failureOf, open, test } from '../support/bench.js';
import { aiCompatible, aiMistral, aiOpenai } from '../support/clients.js';
import { answer, assertCalls, assertSent, assertVector, pixel, question, schema, streamedCalls, time, weather } from '../support/asks.js';
import { everybody, failure, label, mistral, openai, withEmbeddings } from '../support/providers.js';
import { cut, stall } from '../support/upstream.js';

const clients = {
  'ai openai responses': (bench) => aiOpenai(bench),
  'ai openai chat': (bench) => aiOpenai(bench).chat,
  'ai mistral': (bench) => aiMistral(bench),
  'ai openai-compatible': (bench) => aiCompatible(bench),
};
const viaResponses = (client) => client === 'ai openai responses';

const tools = (execute) =>
  Object.fromEntries([weather, time].map(({ name, description, parameters }) => [name, tool({ description, inputSchema: jsonSchema(parameters), execute })]));
const calls = (toolCalls) => toolCalls.map(({ toolName, input }) => ({ name: toolName, arguments: input }));
/** How the provider is asked through this client, for the golden stream to be the right one. */
const dialect = (client, provider) => (viaResponses(client) && provider.name === 'openai' ? 'responses' : provider.name);

for (const [client, make] of Object.entries(clients)) {
  for (const provider of everybody) {
    const over = (name) => `${client} over ${label(provider)}: ${name}`;
    const begin = async (t, more) => {
      const bench = await open(t, { providers: [provider], ...more });
      return { bench, model: make(bench)(provider.model) };
    };
    const quiet = { maxRetries: 0, onError: () => {} };

    test(over('a text'), async (t) => {
      const { model } = await begin(t);
      const { text, finishReason, usage } = await generateText({ model, prompt: question, maxRetries: 0 });
      assert.equal(text, answer);
      assert.equal(finishReason, 'stop');
      assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
    });

    test(over('a stream'), async (t) => {
      const { model } = await begin(t);
      const result = streamText({ model, prompt: question, ...quiet });
      const parts = [];
      for await (const part of result.fullStream) parts.push(part);
      assert.deepEqual(parts.filter(({ type }) => type === 'error'), []);
      assert.equal(await result.text, answer);
      assert.equal(await result.finishReason, 'stop');
      assert.ok((await result.usage).outputTokens > 0);
    });

    test(over('parallel tools, run and answered'), async (t) => {
      const { bench, model } = await begin(t);
      const ran = [];
      const execute = async (input) => `result ${ran.push(input) - 1}`;
      const { text, steps } = await generateText({ model, prompt: question, tools: tools(execute), stopWhen: stepCountIs(3), maxRetries: 0 });
      assertCalls(calls(steps[0].toolCalls), 2);
      assert.equal(text, answer);
      assert.equal(ran.length, 2);
      assertSent(bench.upstream.asked, 'result 1');
    });

    test(over('streamed tools'), async (t) => {
      const { model } = await begin(t);
      const result = streamText({ model, prompt: question, tools: tools(), ...quiet });
      await result.consumeStream();
      assertCalls(calls(await result.toolCalls), streamedCalls[viaResponses(client) ? dialect(client, provider) : provider.toolDialect]);
      assert.equal(await result.finishReason, 'tool-calls');
    });

    test(over('a picture reaches the provider'), async (t) => {
      const { bench, model } = await begin(t);
      const content = [{ type: 'text', text: question }, { type: 'image', image: Buffer.from(pixel, 'base64'), mediaType: 'image/png' }];
      await generateText({ model, messages: [{ role: 'user', content }], maxRetries: 0 });
      assertSent(bench.upstream.asked, pixel);
    });

    test(over('a stream that dies is an error part'), async (t) => {
      const { bench, model } = await begin(t);
      bench.upstream.script(cut(dialect(client, provider)));
      const kinds = [];
      for await (const { type } of streamText({ model, prompt: question, ...quiet }).fullStream) kinds.push(type);
      assert.ok(kinds.includes('error'), kinds.join(' '));
    });

    test(over('an abort closes the upstream connection'), async (t) => {
      const { bench, model } = await begin(t);
      bench.upstream.script(stall(dialect(client, provider)));
      const controller = new AbortController();
      const result = streamText({ model, prompt: question, abortSignal: controller.signal, ...quiet });
      let left;
      for await (const { type } of result.fullStream) {
        if (type !== 'text-delta') continue;
        left = performance.now();
        controller.abort();
        break;
      }
      await closesSoon(bench.upstream.calls[0], left);
    });
  }

  for (const provider of [openai, mistral]) {
    for (const [status, answered] of [[400, 400], [404, 404], [429, 429], [500, 502], [503, 503]]) {
      test(`${client} over ${label(provider)}: ${status} is an APICallError with the provider's words`, async (t) => {
        const bench = await open(t, { providers: [provider], more: { retry: { max_attempts: 1 } } });
        bench.upstream.script(failure(provider, status, 'scripted failure', status === 429 ? { 'retry-after': '7' } : {}));
        const error = await failureOf(generateText({ model: make(bench)(provider.model), prompt: question, maxRetries: 0 }));
        assert.equal(error.name, 'AI_APICallError');
        assert.equal(error.statusCode, answered);
        assert.match(error.message, /scripted failure/);
        if (status === 429) assert.ok(Number(error.responseHeaders['retry-after']) >= 7);
      });
    }
  }
}

for (const [client, make] of Object.entries(clients)) {
  test(`${client}: structured output`, async (t) => {
    const bench = await open(t, { providers: [openai] });
    const options = { model: make(bench)(openai.model), prompt: question, output: Output.object({ schema: jsonSchema(schema) }), maxRetries: 0 };
    await failureOf(generateText(options).then(({ output }) => output)); // the golden text is no JSON
    assertSent(bench.upstream.asked, '"city"');
    assertSent(bench.upstream.asked, 'json_schema');
  });
}

const embedders = {
  'ai openai': (bench) => aiOpenai(bench),
  'ai mistral': (bench) => aiMistral(bench),
  'ai openai-compatible': (bench) => aiCompatible(bench),
};
for (const [client, make] of Object.entries(embedders)) {
  for (const provider of withEmbeddings) {
    test(`${client} over ${label(provider)}: embeddings`, async (t) => {
      const bench = await open(t, { providers: [provider] });
      const model = make(bench).textEmbeddingModel(provider.embedding);
      const { embeddings } = await embedMany({ model, values: ['a', 'b'], maxRetries: 0 });
      assert.equal(embeddings.length, 2);
      embeddings.forEach(assertVector);
    });
  }
}

test('ai: its own retries are its own, x-should-retry is not read by it', async (t) => {
  const bench = await open(t, { more: { retry: { max_attempts: 1 } } });
  bench.upstream.script(failure(openai, 500), failure(openai, 500), ({ body }) => ({ headers: {}, body: chat(body.model) }));
  const { text } = await generateText({ model: aiOpenai(bench).chat(openai.model), prompt: question });
  assert.equal(text, answer);
  assert.equal(bench.upstream.calls.length, 3);
});

const chat = (model) =>
  JSON.stringify({
    id: 'chatcmpl-1', object: 'chat.completion', created: 1, model,
    choices: [{ index: 0, message: { role: 'assistant', content: answer, refusal: null }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
