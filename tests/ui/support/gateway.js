// Starts `sluice --demo` on a free port and stops it.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const program = process.env.SLUICE_BINARY ?? resolve(here, '../../../build/dev/sluice');
export const demo = resolve(here, '../demo.yaml');

/** config: the name of a file, or an object (JSON is YAML too). */
export async function startDemo(config = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ui-'));
  const file = typeof config === 'string' ? config : join(folder, 'sluice.yaml');
  if (typeof config !== 'string') writeFileSync(file, JSON.stringify(config));
  const options = ['--demo', '--config', file, '--listen', '127.0.0.1:0'];
  const child = spawn(program, options, { cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => child.once('exit', done));
  let log = '';
  child.stderr.on('data', (bytes) => (log += bytes));
  let address;
  for (let tries = 0; tries < 200 && !address; tries++) {
    await sleep(50);
    address = log.match(/"address":"([^"]+)"/)?.[1];
    if (child.exitCode !== null) throw new Error(`sluice ended:\n${log}`);
  }
  const url = `http://${address}`;
  return {
    url,
    ask: (model, content, more = {}) => ask(url, model, content, more),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One streamed chat, read to its end; the status. */
async function ask(url, model, content, headers) {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
  });
  await answer.text().catch(() => {});
  return answer.status;
}
