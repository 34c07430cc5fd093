// The official openai package on /v1/responses, over every provider: also those that have no such API.

import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { collect, failureOf, open, test } from '../support/bench.js';
import { openaiClient } from '../support/clients.js';
import { answer, assertCalls, assertSent, pixel, question, schema, streamedCalls, time, weather } from '../support/asks.js';
import { anthropic, everybody, gemini, label, mistral, openai } from '../support/providers.js';
import { cut } from '../support/upstream.js';

const tools = [weather, time].map((one) => ({ type: 'function', strict: true, ...one }));
const calls = ({ output }) =>
  output.filter(({ type }) => type === 'function_call').map((one) => ({ name: one.name, arguments: JSON.parse(one.arguments) }));
/** The dialect that a provider's stream without tools comes in. */
const dialect = (provider) => (provider.name === 'openai' ? 'responses' : provider.name);

for (const provider of everybody) {
  const over = (name) => `openai responses over ${label(provider)}: ${name}`;
  const begin = async (t) => {
    const bench = await open(t, { providers: [provider] });
    return { bench, responses: openaiClient(bench).responses };
  };
  const model = provider.model;

  test(over('an answer, kept, read, listed and deleted'), async (t) => {
    const { responses } = await begin(t);
    const made = await responses.create({ model, input: question, instructions: 'Be brief.', metadata: { order: '7' } });
    assert.equal(made.status, 'completed');
    assert.equal(made.output_text, answer);
    assert.match(made.id, /^resp_/);
    // The scripted OpenAI answers with a recording, which echoes nothing.
    if (provider.type !== 'openai') assert.deepEqual(made.metadata, { order: '7' });
    assert.equal(made.usage.total_tokens, made.usage.input_tokens + made.usage.output_tokens);

    const read = await responses.retrieve(made.id);
    assert.equal(read.id, made.id);
    assert.equal(read.output_text, answer);
    const items = await collect(responses.inputItems.list(made.id));
    assert.deepEqual(items.map(({ type, role }) => [type, role]), [['message', 'user']]);
    assert.equal(items[0].content[0].text, question);
    await responses.delete(made.id);
    assert.ok((await failureOf(responses.retrieve(made.id))) instanceof OpenAI.NotFoundError);
  });

  test(over('what is not to be kept is not'), async (t) => {
    const { responses } = await begin(t);
    const { id } = await responses.create({ model, input: question, store: false });
    assert.ok((await failureOf(responses.retrieve(id))) instanceof OpenAI.NotFoundError);
  });

  test(over('a turn goes on from the one before, without its instructions'), async (t) => {
    const { bench, responses } = await begin(t);
    const first = await responses.create({ model, input: question, instructions: 'Say it in verse.' });
    const second = await responses.create({ model, input: 'And of Italy?', previous_response_id: first.id });
    assert.equal(second.previous_response_id, first.id);
    assertSent(bench.upstream.asked, question);
    assertSent(bench.upstream.asked, answer);
    assertSent(bench.upstream.asked, 'And of Italy?');
    assert.ok(!JSON.stringify(bench.upstream.asked).includes('in verse'), 'instructions are for one turn only');
  });

  test(over('a stream with all its events in order'), async (t) => {
    const { responses } = await begin(t);
    const events = await collect(await responses.create({ model, input: question, stream: true }));
    assert.deepEqual(events.map(({ sequence_number }) => sequence_number), events.map((_, i) => i), 'a gapless sequence');
    const of = (wanted) => events.filter(({ type }) => type === wanted);
    const message = events.find(({ type, item }) => type === 'response.output_item.added' && item.type === 'message');
    assert.equal(events[0].type, 'response.created');
    assert.equal(events[1].type, 'response.in_progress');
    assert.deepEqual(events[0].response.output, []);
    const ofMessage = events.filter((event) => event.item_id === message.item.id).map(({ type }) => type);
    assert.equal(ofMessage[0], 'response.content_part.added');
    assert.deepEqual(ofMessage.slice(-2), ['response.output_text.done', 'response.content_part.done']);
    assert.equal(of('response.output_text.delta').map(({ delta }) => delta).join(''), answer);
    assert.equal(of('response.output_text.done')[0].text, answer);
    const last = events.at(-1);
    assert.equal(last.type, 'response.completed');
    assert.equal(last.response.id, events[0].response.id);
    assert.ok(last.response.usage.total_tokens > 0);
    assert.equal((await responses.retrieve(last.response.id)).output_text, answer);
  });

  test(over("the SDK's stream helper puts the response together"), async (t) => {
    const { responses } = await begin(t);
    const final = await responses.stream({ model, input: question }).finalResponse();
    assert.equal(final.output_text, answer);
  });

  test(over('parallel calls, and their results by previous_response_id'), async (t) => {
    const { bench, responses } = await begin(t);
    const first = await responses.create({ model, input: question, tools });
    assertCalls(calls(first), 2);
    const results = first.output
      .filter(({ type }) => type === 'function_call')
      .map(({ call_id }, i) => ({ type: 'function_call_output', call_id, output: `result ${i}` }));
    const second = await responses.create({ model, input: results, tools, previous_response_id: first.id });
    assert.equal(second.output_text, answer);
    assertSent(bench.upstream.asked, 'result 0');
    assertSent(bench.upstream.asked, 'result 1');
    assertSent(bench.upstream.asked, 'get_weather');
  });

  test(over('streamed calls'), async (t) => {
    const { responses } = await begin(t);
    const events = await collect(await responses.create({ model, input: question, tools, stream: true }));
    const count = streamedCalls[dialect(provider)];
    assertCalls(calls(events.at(-1).response), count);
    const done = events.filter(({ type }) => type === 'response.function_call_arguments.done');
    assert.equal(done.length, count);
    const deltas = events.filter(({ type, item_id }) => type === 'response.function_call_arguments.delta' && item_id === done[0].item_id);
    assert.equal(deltas.map(({ delta }) => delta).join(''), done[0].arguments);
  });

  test(over('structured output and an image'), async (t) => {
    const { bench, responses } = await begin(t);
    await responses.create({
      model,
      input: [{ role: 'user', content: [{ type: 'input_text', text: question }, { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${pixel}` }] }],
      text: { format: { type: 'json_schema', name: 'capital', strict: true, schema } },
    });
    assertSent(bench.upstream.asked, pixel);
    assertSent(bench.upstream.asked, '"city"');
  });

  test(over('a stream that dies says so'), async (t) => {
    const { bench, responses } = await begin(t);
    bench.upstream.script(cut(dialect(provider)));
    const seen = [];
    const reading = (async () => {
      for await (const event of await responses.create({ model, input: question, stream: true })) seen.push(event);
    })();
    const error = await reading.then(() => undefined, (one) => one);
    const failed = seen.some(({ type }) => type === 'error' || type === 'response.failed');
    assert.ok(error || failed, 'neither an error nor a failed response');
    assert.ok(!seen.some(({ type }) => type === 'response.completed'));
  });
}

test('openai responses: what is unknown is a NotFoundError or a caller’s error', async (t) => {
  const { responses } = openaiClient(await open(t));
  assert.ok((await failureOf(responses.retrieve('resp_unknown'))) instanceof OpenAI.NotFoundError);
  assert.ok((await failureOf(responses.delete('resp_unknown'))) instanceof OpenAI.NotFoundError);
  const orphan = await failureOf(responses.create({ model: openai.model, input: 'hi', previous_response_id: 'resp_unknown' }));
  assert.ok(orphan.status === 400 || orphan.status === 404, orphan.message);
});

test('openai responses: a conversation moves between providers', async (t) => {
  const bench = await open(t, { providers: [openai, mistral, anthropic, gemini] });
  const { responses } = openaiClient(bench);
  let previous;
  for (const { model } of [openai, mistral, anthropic, gemini]) {
    const turn = await responses.create({ model, input: `turn for ${model}`, previous_response_id: previous });
    previous = turn.id;
  }
  for (const { model } of [openai, mistral, anthropic]) assertSent(bench.upstream.asked, `turn for ${model}`);
});
