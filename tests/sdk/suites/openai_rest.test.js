// The official openai package on embeddings, models, moderations and audio.

import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';
import { collect, failureOf, open, test } from '../support/bench.js';
import { openaiClient } from '../support/clients.js';
import { assertSent, assertVector } from '../support/asks.js';
import { label, mistral, openai, withEmbeddings } from '../support/providers.js';

const sound = () => toFile(Buffer.from('RIFF....WAVE'), 'hello.wav', { type: 'audio/wav' });

for (const provider of withEmbeddings) {
  const over = (name) => `openai over ${label(provider)}: ${name}`;

  for (const format of [undefined, 'float', 'base64']) {
    test(over(`embeddings as ${format ?? 'the SDK asks for them'}`), async (t) => {
      const { embeddings } = openaiClient(await open(t, { providers: [provider] }));
      const answer = await embeddings.create({ model: provider.embedding, input: ['a', 'b'], encoding_format: format });
      assert.equal(answer.object, 'list');
      assert.deepEqual(answer.data.map(({ index }) => index), [0, 1]);
      for (const { embedding } of answer.data) {
        if (format !== 'base64') assertVector(embedding);
        else assertVector([...new Float32Array(new Uint8Array(Buffer.from(embedding, 'base64')).buffer)]);
      }
    });
  }
}

for (const provider of [openai, mistral]) {
  const over = (name) => `openai over ${label(provider)}: ${name}`;

  test(over('the list of models, and one of them by each of its names'), async (t) => {
    const { models } = openaiClient(await open(t, { providers: [provider] }));
    const ids = (await collect(await models.list())).map(({ id }) => id);
    const id = ids.find((one) => one.endsWith(provider.bare));
    assert.ok(id, `${provider.bare} is not among ${ids}`);
    for (const name of [id, provider.model, provider.bare]) {
      const one = await models.retrieve(name);
      assert.equal(one.object, 'model');
      assert.ok(one.id.endsWith(provider.bare), one.id);
    }
    assert.ok((await failureOf(models.retrieve('no-such-model'))) instanceof OpenAI.NotFoundError);
  });

  test(over('a moderation'), async (t) => {
    const { moderations } = openaiClient(await open(t, { providers: [provider] }));
    const { results } = await moderations.create({ input: 'I will hurt you', model: `${provider.name}/${provider === openai ? 'omni-moderation-latest' : 'mistral-moderation-2603'}` });
    if (provider === openai) assert.equal(results[0].flagged, true); // Mistral has no such word
    assert.ok(Object.values(results[0].categories).includes(true));
  });
}

test('openai: a transcription in each form', async (t) => {
  const bench = await open(t);
  const { transcriptions } = openaiClient(bench).audio;
  const json = await transcriptions.create({ file: await sound(), model: 'openai/gpt-transcribe', language: 'en' });
  assert.equal(json.text, 'Hello world.');
  assertSent(bench.upstream.asked, 'RIFF....WAVE');
  assertSent(bench.upstream.asked, 'gpt-transcribe');
  assertSent(bench.upstream.asked, 'name="language"');
  const whisper = (response_format) => sound().then((file) => transcriptions.create({ file, model: 'openai/whisper-1', response_format }));
  assert.match(await whisper('srt'), /-->/);
  assert.match(await whisper('vtt'), /^WEBVTT/);
  const verbose = await whisper('verbose_json');
  assert.ok(verbose.segments.length > 0);
});

test('openai: a transcription as a stream', async (t) => {
  const { transcriptions } = openaiClient(await open(t)).audio;
  const events = await collect(await transcriptions.create({ file: await sound(), model: 'openai/gpt-4o-transcribe', stream: true }));
  assert.equal(events.filter(({ type }) => type.endsWith('delta')).map(({ delta }) => delta).join(''), 'Hello world.');
  assert.equal(events.at(-1).type, 'transcript.text.done');
});

test('openai: speech comes back as bytes', async (t) => {
  const { speech } = openaiClient(await open(t)).audio;
  const answer = await speech.create({ model: 'openai/gpt-4o-mini-tts', input: 'Hello', voice: 'alloy' });
  assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [0xff, 0xfb, 0x90, 0x00]);
});
