// What a provider answers where a test has no wish of its own: the golden files of tests/fixtures and
// of ./fixtures, chosen by what is asked.

import { readFileSync } from 'node:fs';

const shared = (name) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8');
const own = (name) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');

const files = {
  openai: {
    text: () => shared('openai/chat/upstream_response.json'),
    textStream: () => shared('openai/chat_stream/upstream_response.sse'),
    tools: () => own('openai/parallel.json'),
    toolsStream: () => shared('openai/chat_tools_stream/upstream_response.sse'),
  },
  responses: {
    text: () => shared('openai_responses/text/upstream_response.json'),
    textStream: () => shared('openai_responses/text_stream/upstream_response.sse'),
    tools: () => own('openai/responses_parallel.json'),
    toolsStream: () => shared('openai_responses/tools_stream/upstream_response.sse'),
  },
  mistral: {
    text: () => shared('mistral/chat/upstream_response.json'),
    textStream: () => shared('mistral/chat_stream/upstream_response.sse'),
    tools: () => own('mistral/parallel.json'),
    toolsStream: () => shared('mistral/tools_stream/upstream_response.sse'),
  },
  anthropic: {
    text: () => own('anthropic/message.json'),
    textStream: () => own('anthropic/stream.sse'),
    tools: () => own('anthropic/parallel.json'),
    toolsStream: () => own('anthropic/tools_stream.sse'),
  },
  gemini: {
    text: () => own('gemini/answer.json'),
    textStream: () => own('gemini/stream.sse').replace(/\r?\n/g, '\r\n'),
    tools: () => own('gemini/parallel.json'),
    toolsStream: () => own('gemini/tools_stream.sse').replace(/\r?\n/g, '\r\n'),
  },
};

/** The stream of a provider's text or calls, to be cut or stalled by a test. */
export const stream = (dialect, what = 'textStream') => files[dialect][what]();

export function golden({ method, path, provider, body, headers }) {
  const where = new URL(path, 'http://upstream').pathname;
  if (method === 'GET') return plain(models(provider, where));
  if (where.endsWith('/chat/completions')) return turn(provider, body, body.stream, body.messages.at(-1).role === 'tool');
  if (where.endsWith('/responses')) return turn('responses', body, body.stream, lastItem(body)?.type === 'function_call_output');
  if (where.endsWith('/count_tokens')) return plain('{"input_tokens":14}');
  if (where.endsWith('/messages')) return turn('anthropic', body, body.stream, hasResult(body.messages.at(-1)?.content, 'tool_result'));
  if (where.endsWith('enerateContent')) {
    return turn('gemini', body, where.includes(':stream'), body.contents.at(-1).parts.some((part) => part.functionResponse));
  }
  if (where.endsWith('/embeddings')) return plain(JSON.stringify(embeddings(body)));
  if (where.endsWith(':embedContent')) return plain('{"embedding":{"values":[0.0125,-0.5,0.25,1.0]}}');
  if (where.endsWith(':batchEmbedContents')) {
    return plain(JSON.stringify({ embeddings: body.requests.map(() => ({ values: vector })) }));
  }
  if (where.endsWith('/moderations')) return plain(own(`${provider}/moderation.json`));
  if (where.endsWith('/audio/transcriptions')) return transcription(provider, headers, body);
  if (where.endsWith('/audio/speech')) {
    return { headers: { 'content-type': 'audio/mpeg' }, body: Buffer.from([0xff, 0xfb, 0x90, 0x00]) };
  }
  return { status: 404, headers: {}, body: '{"error":{"message":"no such path","type":"invalid_request_error","param":null,"code":"unknown_url"}}' };
}

const vector = [0.0125, -0.5, 0.25, 1.0];
const plain = (body) => ({ headers: {}, body });
const lastItem = (body) => (Array.isArray(body.input) ? body.input.at(-1) : undefined);
const hasResult = (content, type) => Array.isArray(content) && content.some((block) => block.type === type);

/** A model with tools calls them, and answers once it has their results. */
function turn(dialect, body, streams, hasResults) {
  const name = (body.tools?.length && !hasResults ? 'tools' : 'text') + (streams ? 'Stream' : '');
  const text = files[dialect][name]();
  return streams ? { headers: { 'content-type': 'text/event-stream' }, body: text, stream: true } : plain(text);
}

function embeddings(body) {
  const inputs = Array.isArray(body.input) ? body.input : [body.input];
  const bytes = Buffer.from(new Float32Array(vector).buffer).toString('base64');
  return {
    id: 'embd-1',
    object: 'list',
    model: body.model,
    data: inputs.map((_, index) => ({
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? bytes : vector,
    })),
    usage: { prompt_tokens: 8, total_tokens: 8 },
  };
}

function models(provider, where) {
  if (provider === 'anthropic') {
    const entry = { type: 'model', id: 'claude-opus-5-5', display_name: 'Claude Opus 5.5', created_at: '2026-09-01T00:00:00Z' };
    return JSON.stringify({ data: [entry], has_more: false, first_id: entry.id, last_id: entry.id });
  }
  if (provider === 'gemini') {
    const entry = { name: 'models/gemini-3.8-flash', displayName: 'Flash', supportedGenerationMethods: ['generateContent'] };
    return JSON.stringify({ models: [entry] });
  }
  const list = JSON.parse(shared(`${provider}/models/upstream_response.json`));
  const one = list.data.find(({ id }) => where.endsWith(`/${id}`));
  return JSON.stringify(one ?? list);
}

function transcription(provider, headers, body) {
  const format = /name="response_format"\r\n\r\n(\w+)/.exec(body)?.[1] ?? 'json';
  if (/name="stream"\r\n\r\ntrue/.test(body)) {
    return { headers: { 'content-type': 'text/event-stream' }, body: own('openai/transcription_stream.sse'), stream: true };
  }
  if (provider === 'mistral') return plain(own('mistral/transcription.json'));
  if (format === 'srt' || format === 'vtt') {
    return { headers: { 'content-type': 'text/plain' }, body: own(`openai/transcription.${format}`) };
  }
  return plain(own(format === 'verbose_json' ? 'openai/transcription_verbose.json' : 'openai/transcription.json'));
}
