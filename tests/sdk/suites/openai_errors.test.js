// What the official openai package makes of our errors: its class, its fields, and how often it asks.

import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { failureOf, open, test } from '../support/bench.js';
import { openaiClient } from '../support/clients.js';
import { user } from '../support/asks.js';
import { anthropic, failure, gemini, label, mistral, openai } from '../support/providers.js';

const attempts = 2;
const more = { retry: { max_attempts: attempts, base_delay: '1ms', max_delay: '2ms', max_wait: '5ms', budget_burst: 100 } };

/** Upstream status -> what the caller's SDK raises, and how often the provider was asked. */
const cases = [
  { status: 400, raises: OpenAI.BadRequestError, asked: 1 },
  { status: 401, raises: OpenAI.InternalServerError, answered: 502, asked: 1 },
  { status: 404, raises: OpenAI.NotFoundError, asked: 1 },
  { status: 429, raises: OpenAI.RateLimitError, headers: { 'retry-after': '7' }, asked: 1 },
  { status: 500, raises: OpenAI.InternalServerError, answered: 502, asked: attempts },
  { status: 503, raises: OpenAI.InternalServerError, answered: 503, asked: attempts },
];

for (const provider of [openai, mistral, anthropic, gemini]) {
  const overload = provider === anthropic ? [{ status: 529, raises: OpenAI.InternalServerError, answered: 503, asked: attempts }] : [];
  for (const { status, raises, answered = status, headers, asked } of [...cases, ...overload]) {
    for (const stream of [false, true]) {
      test(`openai over ${label(provider)}: ${status}${stream ? ' on a stream' : ''} is a ${raises.name}, not multiplied`, async (t) => {
        const bench = await open(t, { providers: [provider], more });
        bench.upstream.script(failure(provider, status, 'scripted failure', headers));
        const call = openaiClient(bench, { maxRetries: 2 }).chat.completions.create({ model: provider.model, messages: [user], stream });
        const error = await failureOf(call);
        assert.ok(error instanceof raises, `${error.constructor.name}: ${error.message}`);
        assert.equal(error.status, answered);
        assert.equal(bench.upstream.calls.length, asked, 'how often the provider was asked');
        assert.equal(error.headers.get('x-should-retry'), 'false');
        assert.ok(error.requestID);
        assert.ok(error.type && 'code' in error.error && 'param' in error.error);
        if (answered === 429 || answered === 503) assert.ok(Number(error.headers.get('retry-after')) >= 1);
        if (headers) assert.ok(Number(error.headers.get('retry-after')) >= 7, 'the wait that the provider asked for');
      });
    }
  }
}

test('openai: a missing and a wrong key are an AuthenticationError', async (t) => {
  const bench = await open(t);
  const missing = { defaultHeaders: { Authorization: null } };
  for (const options of [missing, { apiKey: 'sk-wrong' }]) {
    const error = await failureOf(openaiClient(bench, options).models.list());
    assert.ok(error instanceof OpenAI.AuthenticationError, error.message);
    assert.equal(error.code, 'invalid_api_key');
  }
  assert.equal(bench.upstream.requests.length, 0);
});

test('openai: an unknown model is a NotFoundError with the code model_not_found', async (t) => {
  const bench = await open(t);
  const error = await failureOf(openaiClient(bench).chat.completions.create({ model: 'no-such-model-anywhere', messages: [user] }));
  assert.ok(error instanceof OpenAI.NotFoundError, error.message);
  assert.equal(error.code, 'model_not_found');
});

test('openai: a broken rule is a caller’s error that names the field', async (t) => {
  const bench = await open(t);
  const { completions } = openaiClient(bench).chat;
  const bad = [
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'king', content: 'hi' }] }, 'messages[0].role'],
    [{ messages: [user], temperature: 3 }, 'temperature'],
  ];
  for (const [fields, param] of bad) {
    const error = await failureOf(completions.create({ model: openai.model, ...fields }));
    assert.ok(error instanceof OpenAI.BadRequestError || error instanceof OpenAI.UnprocessableEntityError, error.message);
    assert.equal(error.param, param);
  }
  assert.equal(bench.upstream.calls.length, 0);
});

test('openai: a path that nobody serves is a NotFoundError', async (t) => {
  const error = await failureOf(openaiClient(await open(t)).get('/nowhere'));
  assert.ok(error instanceof OpenAI.NotFoundError, error.message);
});

test('openai: an empty purse is a RateLimitError that is asked once', async (t) => {
  const bench = await open(t, { more });
  const body = { error: { message: 'You exceeded your current quota.', type: 'insufficient_quota', param: null, code: 'insufficient_quota' } };
  bench.upstream.script({ status: 429, headers: {}, body: JSON.stringify(body) });
  const error = await failureOf(openaiClient(bench).chat.completions.create({ model: openai.model, messages: [user] }));
  assert.equal(bench.upstream.calls.length, 1);
  assert.equal(error.headers.get('x-should-retry'), 'false');
  assert.equal(error.code, 'insufficient_quota');
});
