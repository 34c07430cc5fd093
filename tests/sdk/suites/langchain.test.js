// LangChain's ChatOpenAI (chat and Responses) and ChatMistralAI, over every provider.

import assert from 'node:assert/strict';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { closesSoon, collect, failureOf, open, test } from '../support/bench.js';
import { chatMistral, chatOpenai, mistralEmbeddings, openaiEmbeddings } from '../support/clients.js';
import { answer, assertCalls, assertSent, assertVector, picture, pixel, question, schema, streamedCalls, tools } from '../support/asks.js';
import { everybody, failure, label, mistral, openai, withEmbeddings } from '../support/providers.js';
import { cut, stall } from '../support/upstream.js';

const clients = {
  'langchain openai': (bench, model) => chatOpenai(bench, { model }),
  'langchain openai responses': (bench, model) => chatOpenai(bench, { model, useResponsesApi: true }),
  'langchain mistral': (bench, model) => chatMistral(bench, { model }),
};
const dialect = (client, provider) => (client.endsWith('responses') && provider.name === 'openai' ? 'responses' : provider.name);
const calls = (list) => list.map(({ name, args }) => ({ name, arguments: args }));

for (const [client, make] of Object.entries(clients)) {
  for (const provider of everybody) {
    const over = (name) => `${client} over ${label(provider)}: ${name}`;
    const begin = async (t, more) => {
      const bench = await open(t, { providers: [provider], ...more });
      return { bench, model: make(bench, provider.model) };
    };

    test(over('a chat'), async (t) => {
      const { model } = await begin(t);
      const message = await model.invoke(question);
      assert.equal(message.text, answer);
      assert.ok(message.usage_metadata.total_tokens > 0);
    });

    test(over('a stream'), async (t) => {
      const { model } = await begin(t);
      const chunks = await collect(await model.stream(question));
      assert.equal(chunks.map(({ text }) => text).join(''), answer);
      assert.ok(chunks.filter(({ text }) => text).length > 1);
      assert.ok(chunks.some(({ usage_metadata }) => usage_metadata?.total_tokens > 0));
    });

    test(over('parallel tools and the turn with their results'), async (t) => {
      const { bench, model } = await begin(t);
      const equipped = model.bindTools(tools);
      const human = new HumanMessage(question);
      const first = await equipped.invoke([human]);
      assertCalls(calls(first.tool_calls), 2);
      const results = first.tool_calls.map(({ id, name }, i) => new ToolMessage({ tool_call_id: id, name, content: `result ${i}` }));
      const second = await equipped.invoke([human, first, ...results]);
      assert.equal(second.text, answer);
      assertSent(bench.upstream.asked, 'result 1');
    });

    test(over('streamed tools'), async (t) => {
      const { model } = await begin(t);
      const chunks = await collect(await model.bindTools(tools).stream(question));
      const whole = chunks.reduce((sum, chunk) => sum.concat(chunk));
      const asked = client.endsWith('responses') ? dialect(client, provider) : provider.toolDialect;
      assertCalls(calls(whole.tool_calls), streamedCalls[asked]);
    });

    test(over('a picture and a schema reach the provider'), async (t) => {
      const { bench, model } = await begin(t);
      await model.invoke([new HumanMessage({ content: picture.content })]);
      assertSent(bench.upstream.asked, pixel);
      const shaped = model.withStructuredOutput(schema, { name: 'capital', method: 'jsonSchema' });
      await shaped.invoke(question).catch(() => {}); // the golden text is no JSON
      assertSent(bench.upstream.asked, '"city"');
    });

    test(over('a stream that dies is an error'), async (t) => {
      const { bench, model } = await begin(t);
      bench.upstream.script(cut(dialect(client, provider)));
      await failureOf(model.stream(question).then(collect));
    });

    if (client === 'langchain mistral') continue; // it hands its signal to nobody
    test(over('an abort closes the upstream connection'), async (t) => {
      const { bench, model } = await begin(t);
      bench.upstream.script(stall(dialect(client, provider)));
      const controller = new AbortController();
      let left;
      const reading = (async () => {
        for await (const { text } of await model.stream(question, { signal: controller.signal })) {
          if (!text || left) continue;
          left = performance.now();
          controller.abort();
        }
      })();
      await reading.catch(() => {});
      await closesSoon(bench.upstream.calls[0], left);
    });
  }

  for (const provider of [openai, mistral]) {
    for (const [status, answered] of [[400, 400], [404, 404], [429, 429], [500, 502]]) {
      test(`${client} over ${label(provider)}: ${status} reaches the caller`, async (t) => {
        const bench = await open(t, { providers: [provider], more: { retry: { max_attempts: 1 } } });
        bench.upstream.script(failure(provider, status, 'scripted failure', status === 429 ? { 'retry-after': '7' } : {}));
        const error = await failureOf(make(bench, provider.model).invoke(question));
        assert.equal(error.status ?? error.statusCode, answered, error.message);
        assert.match(error.message, /scripted failure/);
        assert.equal(bench.upstream.calls.length, 1);
      });
    }
  }
}

const embedders = { 'langchain openai': openaiEmbeddings, 'langchain mistral': mistralEmbeddings };
for (const [client, make] of Object.entries(embedders)) {
  for (const provider of withEmbeddings) {
    test(`${client} over ${label(provider)}: embeddings`, async (t) => {
      const bench = await open(t, { providers: [provider] });
      const vectors = await make(bench, { model: provider.embedding }).embedDocuments(['a', 'b']);
      assert.equal(vectors.length, 2);
      vectors.forEach(assertVector);
    });
  }
}
