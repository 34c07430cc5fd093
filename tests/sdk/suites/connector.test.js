// Not an SDK: the connector surface by plain fetch, which proves that the bench itself works.

import assert from 'node:assert/strict';
import { open, test } from '../support/bench.js';
import { answer, user } from '../support/asks.js';
import { failure, label, mistral, openai } from '../support/providers.js';

for (const provider of [openai, mistral]) {
  test(`connector over ${label(provider)}: a chat, a stream, embeddings, models`, async (t) => {
    const bench = await open(t, { providers: [provider] });
    const chat = await (await bench.post(`/api/v1/${provider.name}/chat`, { messages: [user] })).json();
    assert.equal(chat.message.content, answer);

    const stream = await (await bench.post(`/api/v1/${provider.name}/chat/stream`, { messages: [user] })).text();
    assert.ok(stream.endsWith('data: [DONE]\n\n'));

    const vectors = await (await bench.post(`/api/v1/${provider.name}/embeddings`, { input: ['a', 'b'] })).json();
    assert.equal(vectors.embeddings.length, 2);

    const models = await (await bench.get(`/api/v1/${provider.name}/models`)).json();
    assert.ok(models.models.some(({ id }) => id === provider.bare));
    assert.equal(bench.upstream.calls.length, 3);
  });

  test(`connector over ${label(provider)}: a failing provider is asked as often as configured`, async (t) => {
    const bench = await open(t, { providers: [provider], more: { retry: { max_attempts: 3, base_delay: '1ms', max_delay: '2ms', budget_burst: 100 } } });
    bench.upstream.script(failure(provider, 500));
    const failed = await bench.post(`/api/v1/${provider.name}/chat`, { messages: [user] });
    assert.equal(failed.status, 502);
    assert.equal(failed.headers.get('x-should-retry'), 'false');
    assert.equal(bench.upstream.calls.length, 3);
  });
}
