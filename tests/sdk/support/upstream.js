// A provider on loopback that plays a script: golden answers unless a test says otherwise. It keeps
// every request, and knows when the other side closed a connection.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { golden, stream } from './golden.js';

const sse = (text, headers = {}) => ({
  headers: { 'content-type': 'text/event-stream', ...headers },
  body: text,
  stream: true,
});
/** How many events of each golden stream hold its first words but not its end. */
const beginning = { openai: 3, responses: 7, mistral: 3, anthropic: 4, gemini: 2 };
/** The golden stream of a dialect, reset after its first words. */
export const cut = (dialect) => ({ ...sse(stream(dialect)), events: beginning[dialect], then: 'reset' });
/** The golden stream of a dialect, silent for ever after its first words. */
export const stall = (dialect) => ({ ...sse(stream(dialect)), events: beginning[dialect], then: 'hang' });
/** Takes the request and never answers. */
export const hang = () => ({ then: 'hang' });

export async function startUpstream(onRequest = () => {}) {
  const upstream = new Upstream(onRequest);
  await upstream.listen();
  return upstream;
}

class Upstream {
  #server;
  #script = [];
  #onRequest;
  requests = [];

  constructor(onRequest) {
    this.#onRequest = onRequest;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error) => response.destroy(error));
    });
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** Answers of the next requests, in order; the last one of them goes on for ever. */
  script(...answers) {
    this.#script = answers;
  }

  /** The bodies of the requests that asked for an answer, not for a list of models. */
  get calls() {
    return this.requests.filter(({ method }) => method === 'POST');
  }

  /** The last call's body. */
  get asked() {
    return this.calls.at(-1)?.body;
  }

  async close() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const bytes = Buffer.concat(parts);
    const isJson = /json/.test(request.headers['content-type'] ?? '');
    const entry = {
      method: request.method,
      path: request.url,
      provider: request.url.split('/')[1],
      headers: request.headers,
      bytes,
      body: isJson ? JSON.parse(bytes) : bytes.toString('latin1'),
      at: performance.now(),
    };
    entry.closed = new Promise((done) => {
      response.once('close', () => done({ finished: response.writableFinished, at: performance.now() }));
    });
    this.requests.push(entry);
    this.#onRequest(entry);
    const scripted = request.method === 'POST' && this.#script.length > 0;
    const step = !scripted ? golden(entry) : this.#script.length > 1 ? this.#script.shift() : this.#script[0];
    await play(typeof step === 'function' ? step(entry) : step, response);
  }
}

async function play(answer, response) {
  if (answer.body !== undefined) {
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    if (answer.stream) await playEvents(answer, response);
    else response.end(answer.body);
  }
  if (answer.then === 'reset') response.destroy();
}

/** One event a write, as providers do it, so that a gateway which waits for more is found out. */
async function playEvents({ body, events, then }, response) {
  const all = body.match(/[^]*?(\r?\n){2}|[^]+$/g) ?? [];
  for (const event of all.slice(0, events)) {
    response.write(event);
    await sleep(1);
  }
  if (!then) response.end();
  else if (then === 'reset') await sleep(20);
}
