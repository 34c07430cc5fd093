// Callers of all kinds, for pictures and for numbers that move.

import { setTimeout as sleep } from 'node:timers/promises';

const sentence = 'Water finds its way around every stone, and where it cannot pass it waits until it can. ';
const kinds = [
  { model: 'auto', share: 6, sentences: 1 },
  { model: 'quick', share: 10, sentences: 1 },
  { model: 'spread', share: 9, sentences: 1 },
  { model: 'mock/echo', share: 8, sentences: 4 },
  { model: 'mock/fail-429', share: 0.4, sentences: 1 },
  { model: 'mock/die', share: 0.3, sentences: 1 },
];

function pick(random) {
  let left = random * kinds.reduce((sum, { share }) => sum + share, 0);
  return kinds.find(({ share }) => (left -= share) < 0) ?? kinds[0];
}

/** About `perSecond` calls a second, more and fewer by turns, until the signal says stop. */
export async function load(gateway, perSecond, signal, headers = {}) {
  const running = new Set();
  while (!signal.aborted) {
    const wave = 1 + 0.35 * Math.sin(Date.now() / 17_000) + 0.15 * Math.sin(Date.now() / 5_100);
    const { model, sentences } = pick(Math.random());
    const call = gateway.ask(model, sentence.repeat(sentences), headers).catch(() => {}).finally(() => running.delete(call));
    running.add(call);
    await sleep((-Math.log(1 - Math.random()) * 1000) / (perSecond * wave));
  }
  await Promise.all(running);
}
