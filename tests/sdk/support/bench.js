// One test's world: a scripted upstream, a gateway before it, and the checks that every test ends with.

import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { test as run } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway } from './gateway.js';
import { startUpstream } from './upstream.js';
import { settings, openai } from './providers.js';
import { watchAnswers } from './answers.js';
import { watchRequests } from './requests.js';

export const key = 'sk-gateway-of-the-tests';

/** A test that fails rather than waits for ever. */
export const test = (name, body) => run(name, { timeout: 20_000 }, body);

/**
 * Opens a bench for the test `t`; it closes with the test.
 *   providers  those that the gateway knows, the first being the default
 *   more       settings of every provider
 *   config     further sections of the gateway's configuration
 */
export async function open(t, { providers = [openai], more, config } = {}) {
  const requests = watchRequests();
  const upstream = await startUpstream(requests.check);
  const unique = [...new Map(providers.map((one) => [one.name, one])).values()];
  let gateway;
  const answers = watchAnswers(() => gateway?.url);
  t.after(async () => {
    const code = await gateway?.stop();
    await upstream.close();
    const invalid = { requests: await requests.finish(), answers: await answers.finish() };
    tally({ requests: requests.counts, answers: answers.counts });
    assert.deepEqual(invalid.requests, [], 'requests that the provider would not understand');
    assert.deepEqual(invalid.answers, [], 'answers that a specification does not allow');
    if (gateway) assert.equal(code, 0, `the gateway ends in order\n${gateway.log}`);
  });
  gateway = await startGateway({
    auth: { keys: [{ name: 'tests', sha256: createHash('sha256').update(key).digest('hex') }] },
    providers: settings(unique, upstream.url, more),
    ...config,
  });
  await answers.learn();
  return { url: gateway.url, upstream, gateway, ...shortcuts(gateway.url) };
}

function shortcuts(url) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return {
    get: (path) => fetch(url + path, { headers }),
    post: (path, body, more = {}) =>
      fetch(url + path, { method: 'POST', headers: { ...headers, ...more.headers }, body: JSON.stringify(body), signal: more.signal }),
  };
}

function tally(line) {
  const file = process.env.SLUICE_SDK_TALLY;
  if (file) appendFileSync(file, JSON.stringify(line) + '\n');
}

/** Waits until `holds()`; fails, naming `what`, when it does not come to that. */
export async function eventually(what, holds, patience = 3000) {
  const until = performance.now() + patience;
  while (!holds()) {
    assert.ok(performance.now() < until, `never: ${what}`);
    await sleep(2);
  }
}

/** Fails unless the gateway closes the connection of this request soon after `left`. */
export async function closesSoon({ closed }, left) {
  const end = await Promise.race([closed, sleep(3000, undefined, { ref: false })]);
  assert.ok(end, 'the upstream connection stays open');
  assert.equal(end.finished, false, 'the answer was read to its end');
  assert.ok(end.at - left < 500, `closed after ${end.at - left} ms`);
}

/** The error that `promise` fails with. */
export async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  assert.fail('it should have failed');
}

export async function collect(iterable) {
  const all = [];
  for await (const item of iterable) all.push(item);
  return all;
}
