// A web front end's own client of /api/chat/stream, as such clients are written: it splits at blank
// lines, takes an event only when `data: ` is its very beginning, and reads `delta` and `error`.

import assert from 'node:assert/strict';
import { closesSoon, collect, failureOf, key, open, test } from '../support/bench.js';
import { answer, user } from '../support/asks.js';
import { everybody, failure, label, openai } from '../support/providers.js';
import { cut, stall } from '../support/upstream.js';

async function* panel(url, body, signal) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/chat/stream`, { method: 'POST', headers, body: JSON.stringify(body), signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.json()).error.message}`);
  const decoder = new TextDecoder();
  let buffer = '';
  for await (const bytes of response.body) {
    buffer += decoder.decode(bytes, { stream: true });
    const events = buffer.split('\n\n');
    buffer = events.pop();
    for (const event of events) {
      if (!event.startsWith('data: ')) continue;
      const data = event.slice('data: '.length);
      if (data === '[DONE]') return;
      const { delta, error } = JSON.parse(data);
      if (error) throw new Error(error);
      if (delta) yield delta;
    }
  }
  throw new Error('the stream ended without [DONE]');
}

for (const provider of everybody) {
  const over = (name) => `panel over ${label(provider)}: ${name}`;
  const ask = { model: provider.model, messages: [user] };

  test(over('text arrives in pieces, ended by [DONE]'), async (t) => {
    const { url } = await open(t, { providers: [provider] });
    const pieces = await collect(panel(url, ask));
    assert.equal(pieces.join(''), answer);
    assert.ok(pieces.length > 1);
  });

  test(over('a chat in one piece'), async (t) => {
    const { post } = await open(t, { providers: [provider] });
    const body = await (await post('/api/chat', ask)).json();
    assert.equal(body.content, answer);
    assert.ok(body.id && body.model);
    assert.equal(body.usage.total_tokens, body.usage.prompt_tokens + body.usage.completion_tokens);
  });

  test(over('an error in mid-stream is a text, and no [DONE] follows'), async (t) => {
    const { url, post, upstream } = await open(t, { providers: [provider] });
    upstream.script(cut(provider.name));
    const error = await failureOf(collect(panel(url, ask)));
    assert.doesNotMatch(error.message, /without \[DONE\]|object Object/);
    const text = await (await post('/api/chat/stream', ask)).text();
    assert.match(text, /data: \{"error":"[^"]+"\}\n\n$/);
    assert.ok(!text.includes('[DONE]'));
  });

  test(over('an error before the stream is a status with a JSON body'), async (t) => {
    const { post, upstream } = await open(t, { providers: [provider], more: { retry: { max_attempts: 1 } } });
    upstream.script(failure(provider, 500));
    for (const path of ['/api/chat/stream', '/api/chat']) {
      const answer = await post(path, ask);
      assert.equal(answer.status, 502);
      assert.match(answer.headers.get('content-type'), /^application\/json/);
      assert.ok((await answer.json()).error);
    }
  });

  test(over('a page that is closed closes the upstream connection'), async (t) => {
    const { url, upstream } = await open(t, { providers: [provider] });
    upstream.script(stall(provider.name));
    const controller = new AbortController();
    for await (const delta of panel(url, ask, controller.signal)) if (delta) break;
    controller.abort();
    const left = performance.now();
    await closesSoon(upstream.calls[0], left);
  });
}

test('panel: headers, and the form of every event', async (t) => {
  const { post } = await open(t);
  const response = await post('/api/chat/stream', { model: openai.model, messages: [user] });
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  assert.equal(response.headers.get('cache-control'), 'no-cache, no-transform');
  assert.equal(response.headers.get('x-accel-buffering'), 'no');
  assert.ok(response.headers.get('x-request-id'));
  const text = await response.text();
  assert.ok(text.endsWith('data: [DONE]\n\n'));
  for (const event of text.split('\n\n').slice(0, -2)) {
    if (/^event: (usage|typing)\n/.test(event) || event.startsWith(':')) continue;
    assert.match(event, /^data: \{"delta":"([^"\\]|\\.)+"\}$/);
  }
});

test('panel: a body that says stream gets raw chunks', async (t) => {
  const { post } = await open(t);
  const text = await (await post('/api/chat', { model: openai.model, messages: [user], stream: true })).text();
  const events = text.split('\n\n').filter((event) => event.startsWith('data: {'));
  assert.equal(events.map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? '').join(''), answer);
  assert.ok(text.endsWith('data: [DONE]\n\n'));
});

test('panel: without messages nothing is asked', async (t) => {
  const { post, upstream } = await open(t);
  for (const path of ['/api/chat', '/api/chat/stream']) {
    assert.equal((await post(path, {})).status, 422);
    assert.equal((await post(path, { messages: [user], temperature: 9 })).status, 422);
  }
  assert.equal(upstream.calls.length, 0);
});
