// The gateway's own /openapi.json as a judge of its answers.

import { inWords, newChecker } from './schema.js';
import { eventsOf } from './sse.js';

/** check({ method, path, status, headers, body, request }): what the description does not allow of it. */
export function describedBy(document) {
  const schemaCheck = checkerOf(document.components);
  const exactCheck = checkerOf(document.components, closed);
  const resolve = (object) => (object?.$ref ? object.$ref.slice(2).split('/').reduce((at, key) => at[key], document) : object);
  const errorForms = Object.keys(document.components.schemas).filter((name) => /^(OpenAI|Anthropic|Connector|Panel)Error$/.test(name));
  const anyError = { anyOf: errorForms.map((name) => ({ $ref: `#/components/schemas/${name}` })) };

  return (exchange) => {
    const found = find(document, exchange);
    if (!found) return notServed(exchange);
    const response = resolve(found.operation.responses[exchange.status] ?? found.operation.responses.default);
    if (!response) return [`status ${exchange.status} is not described`];
    return [...headers(response, exchange), ...body(response, exchange, found.template), ...request(found.operation, exchange)];
  };

  /** What nothing is described for may only be refused, in the form of some surface; a preflight is not. */
  function notServed({ method, status, body: text }) {
    if (method === 'OPTIONS' && status === 204) return [];
    if (status < 400) return ['it is served, but not described'];
    if (method === 'HEAD') return [];
    return complaints('the error', exactCheck(anyError, text));
  }

  function headers({ headers: named = {} }, { headers: sent }) {
    const required = Object.keys(named).filter((name) => resolve(named[name]).required);
    return required.filter((name) => sent[name] === undefined).map((name) => `the header ${name} is missing`);
  }

  function body({ content }, { method, status, headers: sent, body: text, whole }, template) {
    if (method === 'HEAD') return [];
    if (!content) return text === '' ? [] : ['it has a body, though none is described'];
    const type = (sent['content-type'] ?? '').split(';')[0].trim();
    const media = content[type] ?? content[`${type.split('/')[0]}/*`];
    if (!media) return [`content type ${type || 'none'} is not described`];
    if (!whole) return [];
    if (type === 'text/event-stream') return events(media['x-sse-events'] ?? {}, text);
    if (type !== 'application/json') return [];
    const check = status >= 400 || inOwnWords(template) ? exactCheck : schemaCheck;
    return complaints('the body', check(media.schema, text));
  }

  function events(schemas, text) {
    return eventsOf(text).flatMap(([name, data]) => {
      if (data === '[DONE]') return [];
      const schema = schemas[name] ?? schemas['*'];
      return schema ? complaints(`event ${name}`, schemaCheck(schema, data)) : Object.keys(schemas).length ? [`event ${name} is not described`] : [];
    });
  }

  /** What was served had to be allowed. */
  function request(operation, { status, request: text }) {
    const media = operation.requestBody?.content['application/json'];
    if (status !== 200 || !media || text === undefined) return [];
    return complaints('it was served, but the request', schemaCheck(media.schema, text));
  }
}

/** Elsewhere a provider's own answer may pass through, with members that nobody here knows. */
const inOwnWords = (template) => !template.startsWith('/v1/') || template.startsWith('/v1/models');

/** The schemas with no room for members that they do not describe. */
function closed(value) {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  return value.properties ? { additionalProperties: false, ...copy } : copy;
}

const complaints = (what, wrong) => (wrong ? [`${what}: ${wrong}`] : []);

/** check(schema, text) for schemas that may refer to these components; all are changed by `fit` before. */
function checkerOf(components, fit = (schema) => schema) {
  const absolute = (schema) => fit(JSON.parse(JSON.stringify(schema, (key, value) => (key === '$ref' ? `gateway${value}` : value))));
  const ajv = newChecker();
  ajv.addSchema({ $id: 'gateway', components: absolute(components) });
  const compiled = new Map();
  return (schema, text) => {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return 'no JSON';
    }
    if (!compiled.has(schema)) compiled.set(schema, ajv.compile(absolute(schema)));
    const validate = compiled.get(schema);
    return validate(value) ? undefined : inWords(validate.errors);
  };
}

/** The operation that serves a path, as the gateway finds it: /v1 may stand twice, and a model's name may have slashes. */
export function find(document, { method, path }) {
  const plain = path.split('?')[0].replace(/^\/v1\/v1\//, '/v1/');
  for (const [template, methods] of Object.entries(document.paths)) {
    const pattern = template.replace('/models/{id}', '/models/.+').replace(/\{\w+\}/g, '[^/]+');
    if (!new RegExp(`^${pattern}$`).test(plain)) continue;
    const operation = methods[(method === 'HEAD' ? 'GET' : method).toLowerCase()];
    if (operation) return { template, operation };
  }
  return undefined;
}
