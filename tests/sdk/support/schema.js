// OpenAI's OpenAPI document as a schema checker. Where the document is not at hand nothing is checked,
// and run.js says so.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
export const specs = resolve(process.env.SLUICE_SPECS ?? resolve(here, '../../../../shared/specs'));
export const specFile = (provider) => {
  const file = resolve(specs, `${provider}.openapi.yaml`);
  return existsSync(file) ? file : undefined;
};

/**
 * Text of the document as JSON, made fit for a strict checker: `nullable`, which OpenAPI 3.1 no longer
 * knows, is what makes many members of real answers lawful; and what is said to match one branch of a
 * union may match two, as a message without a type does.
 */
export function openaiSchemas() {
  const prepared = process.env.SLUICE_OPENAI_SCHEMAS;
  if (prepared) return readFileSync(prepared, 'utf8');
  const file = specFile('openai');
  if (!file) return undefined;
  const { components } = parse(readFileSync(file, 'utf8'), { maxAliasCount: -1 });
  return JSON.stringify({ $id: 'openai', components: { schemas: components.schemas } }, (_, value) => fit(value));
}

/**
 * The document with its requests alone, for a judge of requests: Mistral's does not load otherwise, for
 * dangling references in answers. A path with a `#variant` is Mistral's second form of the same path.
 */
export function requestsOnly(yaml) {
  const { openapi, info, paths, components } = parse(yaml, { maxAliasCount: -1 });
  const kept = {};
  for (const [path, methods] of Object.entries(paths)) {
    const [plain, variant] = path.split('#');
    const place = (kept[plain] ??= {});
    for (const [method, operation] of Object.entries(methods)) {
      if (!Array.isArray(operation) && operation.responses) operation.responses = { 200: { description: 'ok' } };
      if (variant && place[method]) addForm(place[method], operation);
      else place[method] = operation;
    }
  }
  return JSON.stringify({ openapi, info, paths: kept, components });
}

function addForm(operation, variant) {
  for (const [type, { schema }] of Object.entries(variant.requestBody?.content ?? {})) {
    const content = operation.requestBody.content[type];
    if (content) content.schema = { anyOf: [content.schema, schema] };
  }
}

function fit(value) {
  if (value?.nullable === true) {
    const { nullable: _, ...rest } = value;
    return { anyOf: [rest, { type: 'null' }] };
  }
  if (!Array.isArray(value?.oneOf)) return value;
  const { oneOf, discriminator: _, ...rest } = value;
  return { ...rest, anyOf: oneOf };
}

let compiled;

/** check(schema, text): what is wrong with the text, or undefined; itself undefined without the document. */
export function schemaCheck() {
  if (compiled === undefined) compiled = compile();
  return compiled ?? undefined;
}

function compile() {
  const text = openaiSchemas();
  if (!text) return null;
  const ajv = newChecker();
  ajv.addSchema(JSON.parse(text));
  return (schema, body) => {
    let value;
    try {
      value = JSON.parse(body);
    } catch {
      return 'no JSON';
    }
    lenient(schema, value);
    const validate = ajv.getSchema(`openai#/components/schemas/${schema}`);
    return validate(value) ? undefined : inWords(validate.errors);
  };
}

export const newChecker = () => new Ajv2020({ strict: false, validateFormats: false, discriminator: false, logger: false });

export const inWords = (errors) =>
  deepest(errors).map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`).join('; ');

/**
 * Where the document is stricter than OpenAI itself: usage of a response in progress, base64 vectors, and
 * members of a request that its servers have a default for, which Vercel's package leaves out.
 */
function lenient(schema, value) {
  if (schema === 'CreateResponse') {
    for (const tool of value.tools ?? []) if (tool.type === 'function') tool.strict ??= true;
    const items = Array.isArray(value.input) ? value.input : [];
    const parts = items.flatMap(({ content }) => (Array.isArray(content) ? content : []));
    for (const part of parts) if (part.type === 'input_image') part.detail ??= 'auto';
  }
  if (schema === 'CreateEmbeddingResponse') {
    for (const entry of value?.data ?? []) if (isBase64(entry.embedding)) entry.embedding = [0];
  }
  const response = schema === 'Response' ? value : value?.response;
  if (response?.usage === null && response.status !== 'completed') delete response.usage;
}

const isBase64 = (text) => typeof text === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(text);

/** Of the errors of many union branches, those that lie deepest: the branch that was meant. */
function deepest(errors) {
  const depth = ({ instancePath }) => instancePath.split('/').length;
  const most = Math.max(...errors.map(depth));
  return errors.filter((error) => depth(error) === most).slice(0, 4);
}
