// Judges every answer of the gateway by its own description, and those under /v1 by OpenAI's
// specification too, whatever client asked for it: all of them use the global fetch, which is tapped here.

import { describedBy } from './description.js';
import { schemaCheck } from './schema.js';
import { eventsOf } from './sse.js';

const rules = [
  [/^POST \/v1\/chat\/completions$/, 'CreateChatCompletionResponse', 'CreateChatCompletionStreamResponse'],
  [/^POST \/v1\/embeddings$/, 'CreateEmbeddingResponse'],
  [/^GET \/v1\/models$/, 'ListModelsResponse'],
  [/^GET \/v1\/models\/.+/, 'Model'],
  [/^POST \/v1\/responses$/, 'Response', 'ResponseStreamEvent'],
  [/^GET \/v1\/responses\/[^/]+$/, 'Response', 'ResponseStreamEvent'],
  [/^GET \/v1\/responses\/[^/]+\/input_items$/, 'ResponseItemList'],
  [/^POST \/v1\/moderations$/, 'CreateModerationResponse'],
];

const plainFetch = globalThis.fetch;
const watchers = new Set();

globalThis.fetch = async (input, options) => {
  const response = await plainFetch(input, options);
  const url = new URL(input.url ?? input);
  const method = options?.method ?? input.method ?? 'GET';
  const watcher = [...watchers].find((one) => one.origin() === url.origin);
  if (!watcher || !response.body) return response;
  return watcher.tap(method.toUpperCase(), url.pathname, response);
};

let description;

/** Fetched once: every gateway of a run is the same program. */
const describedAt = (url) => (description ??= plainFetch(`${url}/openapi.json`).then((answer) => answer.json()).then(describedBy));

export function watchAnswers(url) {
  const check = schemaCheck();
  const texts = [];
  const counts = { valid: 0, invalid: 0, described: 0, undescribed: 0 };
  const watcher = {
    origin: () => url() && new URL(url()).origin,
    tap(method, path, response) {
      const { status } = response;
      const headers = Object.fromEntries(response.headers);
      const what = `${method} ${path.replace('/v1/v1/', '/v1/')}`;
      const seen = { what, method, path, status, headers, provider: headers['x-sluice-provider'], type: headers['content-type'] ?? '', text: '' };
      texts.push(seen);
      const decoder = new TextDecoder();
      const tap = new TransformStream({
        transform(chunk, controller) {
          seen.text += decoder.decode(chunk, { stream: true });
          controller.enqueue(chunk);
        },
        flush() {
          seen.whole = true;
        },
      });
      const tapped = new Response(response.body.pipeThrough(tap), response);
      Object.defineProperty(tapped, 'url', { value: response.url });
      return tapped;
    },
  };
  watchers.add(watcher);
  return {
    counts,
    /** To be called while the gateway still runs. */
    learn: () => describedAt(url()),
    /** What was found wrong. */
    async finish() {
      watchers.delete(watcher);
      const findings = [];
      const describes = await description;
      for (const seen of texts) {
        for (const [schema, text] of check ? judged(seen) : []) {
          const wrong = check(schema, text);
          counts[wrong ? 'invalid' : 'valid'] += 1;
          if (wrong) findings.push(`${seen.what} ${seen.status}: not a ${schema}: ${wrong}\n  ${text.slice(0, 600)}`);
        }
        if (!describes) continue;
        const wrong = describes({ ...seen, body: seen.text });
        counts[wrong.length ? 'undescribed' : 'described'] += 1;
        for (const one of wrong) findings.push(`${seen.what} ${seen.status}: by /openapi.json ${one}\n  ${seen.text.slice(0, 600)}`);
      }
      return findings;
    },
  };
}

/** The pieces of an answer that a schema exists for. */
function judged({ what, path, provider, status, type, text, whole }) {
  if (!path.startsWith('/v1/') || what.includes('/messages')) return [];
  // Other providers judge by other categories than OpenAI's.
  if (what.includes('/moderations') && provider !== 'openai') return [];
  const rule = rules.find(([pattern]) => pattern.test(what));
  if (status >= 400) return whole ? [['ErrorResponse', text]] : [];
  if (!rule) return [];
  if (!type.includes('event-stream')) return whole ? [[rule[1], text]] : [];
  const data = eventsOf(text).map(([, one]) => one).filter((one) => one !== '[DONE]');
  return data.map((one) => [/^\{"error":/.test(one) ? 'ErrorResponse' : rule[2], one]);
}
