// The providers behind the gateway: what a test is run over.

import { quickly } from './gateway.js';

const provider = (name, model, more = {}) => ({ name, type: name, model: `${name}/${model}`, bare: model, ...more });

export const openai = provider('openai', 'gpt-6-luna', {
  path: '/v1',
  callPath: /\/chat\/completions$/,
  embedding: 'openai/text-embedding-3-small',
  // The dialect of the stream with tools: this model takes tools on /responses only.
  toolDialect: 'responses',
});
/** An OpenAI model that takes tools where it takes everything else. */
export const openaiChat = { ...provider('openai', 'gpt-4.1-mini'), ...pick(openai), label: 'openai chat', toolDialect: 'openai' };
export const mistral = provider('mistral', 'mistral-small-latest', {
  path: '/v1',
  callPath: /\/chat\/completions$/,
  embedding: 'mistral/mistral-embed',
  toolDialect: 'mistral',
});
export const anthropic = provider('anthropic', 'claude-opus-5-5', { path: '/v1', callPath: /\/messages$/, toolDialect: 'anthropic' });
export const gemini = provider('gemini', 'gemini-3.8-flash', {
  path: '/v1beta',
  callPath: /enerateContent/,
  embedding: 'gemini/gemini-embedding-001',
  toolDialect: 'gemini',
});

export const everybody = [openai, openaiChat, mistral, anthropic, gemini];
export const withEmbeddings = everybody.filter(({ embedding, label }) => embedding && !label);
export const label = (one) => one.label ?? one.name;

function pick({ path, callPath, embedding }) {
  return { path, callPath, embedding };
}

/** The `providers` section that points them at the upstream. */
export function settings(providers, url, more = {}) {
  return Object.fromEntries(
    providers.map(({ name, type, path }) => [
      name,
      { type, base_url: `${url}/${name}${path}`, api_key: `sk-upstream-${name}`, ...quickly, ...more },
    ]),
  );
}

/** An error as this provider words it. */
export function failure({ name }, status, message = 'scripted failure', headers = {}) {
  const kinds = { 400: 'invalid_request_error', 401: 'authentication_error', 404: 'not_found_error', 429: 'rate_limit_error', 529: 'overloaded_error' };
  const type = kinds[status] ?? 'api_error';
  const statuses = { 400: 'INVALID_ARGUMENT', 401: 'UNAUTHENTICATED', 404: 'NOT_FOUND', 429: 'RESOURCE_EXHAUSTED', 503: 'UNAVAILABLE' };
  const bodies = {
    openai: { error: { message, type: status === 500 ? 'server_error' : type, param: null, code: status === 429 ? 'rate_limit_exceeded' : null } },
    mistral: { object: 'error', message, type, param: null, code: status === 429 ? '1300' : '1000', raw_status_code: status },
    anthropic: { type: 'error', error: { type, message }, request_id: 'req_011CAAAA' },
    gemini: { error: { code: status, message, status: statuses[status] ?? 'INTERNAL' } },
  };
  return { status, headers, body: JSON.stringify(bodies[name]) };
}
