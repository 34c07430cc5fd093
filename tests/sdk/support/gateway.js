// Starts the sluice program on a free port with a configuration of its own, and stops it.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
export const program = process.env.SLUICE_BINARY ?? resolve(here, '../../../build/dev/sluice');

const patience = 10_000;

/** Settings that every gateway here shares: quick to retry, quick to end, no breaker between tests. */
export const quickly = {
  timeouts: { connect: '2s', response: '10s', first_token: '10s', between_tokens: '10s', total: '20s' },
  retry: { base_delay: '1ms', max_delay: '5ms', max_wait: '10ms', budget_burst: 100 },
  breaker: { enabled: false },
};

export async function startGateway(config) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sdk-'));
  const file = join(folder, 'sluice.yaml');
  writeFileSync(
    file,
    stringify({
      server: { listen: ['127.0.0.1:0'], workers: 1, drain_delay: '0s', drain_timeout: '1s' },
      log: { level: process.env.SLUICE_SDK_LOG ?? 'info', format: 'json' },
      ...config,
    }),
  );
  const child = spawn(program, ['--config', file], {
    cwd: folder,
    env: {},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gateway = new Gateway(child, folder);
  try {
    await gateway.ready();
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  return gateway;
}

class Gateway {
  #child;
  #folder;
  #ended;
  log = '';
  url = '';

  constructor(child, folder) {
    this.#child = child;
    this.#folder = folder;
    const collect = (bytes) => {
      this.log += bytes;
      if (process.env.SLUICE_SDK_LOG) process.stderr.write(bytes);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    this.#ended = new Promise((done) => {
      child.once('error', (error) => done({ code: -1, reason: error.message }));
      child.once('close', (code, signal) => done({ code, reason: signal ?? `exit ${code}` }));
    });
  }

  async ready() {
    const until = Date.now() + patience;
    let ended = false;
    this.#ended.then(() => (ended = true));
    for (;;) {
      const address = /"msg":"listening".*?"address":"([^"]+)"/.exec(this.log)?.[1];
      if (address) this.url = `http://${address}`;
      if (this.url && (await answers(`${this.url}/readyz`))) return;
      if (ended) throw new Error(`${program} does not start:\n${this.log || (await this.#ended).reason}`);
      if (Date.now() > until) throw new Error(`${program} is not ready in time:\n${this.log}`);
      await sleep(5);
    }
  }

  /** Its exit status; null where it had to be killed. */
  async stop() {
    this.#child.kill('SIGTERM');
    const guard = setTimeout(() => this.#child.kill('SIGKILL'), patience);
    const { code } = await this.#ended;
    clearTimeout(guard);
    rmSync(this.#folder, { recursive: true, force: true });
    return code;
  }
}

async function answers(url) {
  try {
    const answer = await fetch(url);
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
