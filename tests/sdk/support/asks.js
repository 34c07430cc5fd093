// What the tests ask for, said once: the same question, tools, schema and picture for every SDK.

import assert from 'node:assert/strict';

export const question = 'What is the capital of France?';
export const answer = 'The capital of France is Paris.';
export const user = { role: 'user', content: question };

export const weather = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
};
export const time = {
  name: 'get_time',
  description: 'The time of a zone',
  parameters: { type: 'object', properties: { tz: { type: 'string' } }, required: ['tz'], additionalProperties: false },
};
export const tools = [weather, time].map((one) => ({ type: 'function', function: one }));

export const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
export const structured = { type: 'json_schema', json_schema: { name: 'capital', schema, strict: true } };

/** A picture of one pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const picture = { role: 'user', content: [{ type: 'text', text: question }, { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }] };

/** The vector that every provider's golden answer holds, as float32 leaves it. */
export function assertVector(vector) {
  const expected = [0.0125, -0.5, 0.25, 1];
  assert.equal(vector.length, expected.length);
  vector.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < 1e-6, `${value} is not ${expected[i]}`));
}

/** The provider's own form holds this somewhere. */
export function assertSent(body, piece) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  assert.ok(text.includes(piece), `the provider was not told ${piece.slice(0, 60)}:\n${text.slice(0, 1500)}`);
}

/** Calls as {name, arguments: object}: get_weather of Paris, and get_time where two were golden. */
export function assertCalls(calls, count) {
  const all = [
    { name: 'get_weather', arguments: { city: 'Paris' } },
    { name: 'get_time', arguments: { tz: 'Europe/Paris' } },
  ];
  assert.deepEqual(calls, all.slice(0, count));
}

/** How many calls the golden stream of each dialect makes. */
export const streamedCalls = { openai: 2, responses: 1, mistral: 2, anthropic: 1, gemini: 1 };
