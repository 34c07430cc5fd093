// Judges every answer of the gateway under /v1 by OpenAI's specification, whatever client asked for it:
// all of them use the global fetch, which is tapped here.

import { schemaCheck } from './schema.js';

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
  if (!watcher || !url.pathname.startsWith('/v1/') || !response.body) return response;
  return watcher.tap(`${method.toUpperCase()} ${url.pathname.replace('/v1/v1/', '/v1/')}`, response);
};

export function watchAnswers(url) {
  const check = schemaCheck();
  const texts = [];
  const counts = { valid: 0, invalid: 0 };
  const watcher = {
    origin: () => url() && new URL(url()).origin,
    tap(what, response) {
      const provider = response.headers.get('x-sluice-provider');
      const seen = { what, provider, status: response.status, type: response.headers.get('content-type') ?? '', text: '' };
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
    /** What was found wrong. */
    async finish() {
      watchers.delete(watcher);
      if (!check) return [];
      const findings = [];
      for (const seen of texts) {
        for (const [schema, text] of judged(seen)) {
          const wrong = check(schema, text);
          counts[wrong ? 'invalid' : 'valid'] += 1;
          if (wrong) findings.push(`${seen.what} ${seen.status}: not a ${schema}: ${wrong}\n  ${text.slice(0, 600)}`);
        }
      }
      return findings;
    },
  };
}

/** The pieces of an answer that a schema exists for. */
function judged({ what, provider, status, type, text, whole }) {
  if (what.includes('/messages')) return [];
  // Other providers judge by other categories than OpenAI's.
  if (what.includes('/moderations') && provider !== 'openai') return [];
  const rule = rules.find(([pattern]) => pattern.test(what));
  if (status >= 400) return whole ? [['ErrorResponse', text]] : [];
  if (!rule) return [];
  if (!type.includes('event-stream')) return whole ? [[rule[1], text]] : [];
  const data = text.split('\n\n').slice(0, -1).map(dataOf).filter((one) => one && one !== '[DONE]');
  return data.map((one) => [/^\{"error":/.test(one) ? 'ErrorResponse' : rule[2], one]);
}

function dataOf(event) {
  return event.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)).join('\n');
}
