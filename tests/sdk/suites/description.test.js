// /openapi.json is valid, and true: every answer that the C++ scenarios get is allowed by it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describedBy, find } from '../support/description.js';
import { program, startGateway } from '../support/gateway.js';
import { openai, settings } from '../support/providers.js';

const scenarios = resolve(process.env.SLUICE_SCENARIOS ?? resolve(program, '../scenario_tests'));

async function fetchDocument() {
  const gateway = await startGateway({ providers: settings([openai], 'http://127.0.0.1:9') });
  try {
    return await (await fetch(`${gateway.url}/openapi.json`)).json();
  } finally {
    await gateway.stop();
  }
}

test('the description is valid OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(await fetchDocument());
  assert.ok(valid, JSON.stringify(errors, null, 1));
});

test('the judge objects to what is not described', async () => {
  const check = describedBy(await fetchDocument());
  const headers = { 'x-request-id': 'r', 'content-type': 'application/json' };
  const live = { method: 'GET', path: '/livez', status: 200, headers, body: '{"status":"live"}', whole: true };
  assert.deepEqual(check(live), []);
  const error = '{"success":false,"error":{"code":"not_found"}}';
  const stream = { 'content-type': 'text/event-stream', 'x-request-id': 'r', 'x-sluice-provider': 'm', 'x-sluice-model': 'm', 'x-sluice-cache': 'none', 'server-timing': '' };
  const chat = { method: 'POST', path: '/api/chat/stream', status: 200, headers: stream, whole: true, request: '{"messages":[{"role":"user","content":"Hi"}]}' };
  assert.deepEqual(check({ ...chat, body: 'data: {"delta":"Hi"}\n\n: keep-alive\n\ndata: [DONE]\n\n' }), []);
  for (const [wrong, exchange] of [
    [/the body: \/status/, { ...live, body: '{"status":"dead"}' }],
    [/additional properties/, { ...live, path: '/readyz', body: '{"status":"ready","more":1}' }],
    [/no JSON/, { ...live, body: '{' }],
    [/content type text\/html/, { ...live, headers: { ...headers, 'content-type': 'text/html' } }],
    [/x-request-id is missing/, { ...live, headers: { 'content-type': 'application/json' } }],
    [/served, but not described/, { ...live, path: '/nowhere' }],
    [/the error: .*required/, { ...live, path: '/nowhere', status: 404, body: error }],
    [/event message: .*delta/, { ...chat, body: 'data: {"text":"Hi"}\n\n' }],
    [/event other is not described/, { ...chat, body: 'event: other\ndata: {}\n\n' }],
    [/the request: .*messages/, { ...chat, body: 'data: [DONE]\n\n', request: '{"messages":[]}' }],
  ]) {
    assert.match(check(exchange).join('\n'), wrong);
  }
});

test('every answer of the scenarios is described', { skip: existsSync(scenarios) ? false : `no ${scenarios}`, timeout: 300_000 }, async () => {
  const document = await fetchDocument();
  const check = describedBy(document);
  const exchanges = await recordScenarios();
  const asked = exchanges.filter(({ method }) => method);
  const findings = asked.flatMap((one) => check(one).map((wrong) => `${one.method} ${one.path} ${one.status}: ${wrong}\n  ${one.body.slice(0, 300)}`));
  const served = new Set(asked.filter(({ status }) => status < 400).map((one) => find(document, one)?.template));
  const unseen = Object.keys(document.paths).filter((template) => !served.has(template));

  console.log(`${asked.length} answers held against the description, ${exchanges.length - asked.length} to requests that cannot be read; never served: ${unseen.join(', ') || 'none'}`);
  assert.ok(asked.length > 1000, 'the scenarios were recorded');
  assert.deepEqual(findings.slice(0, 20), [], `${findings.length} findings`);
});

async function recordScenarios() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-scenarios-'));
  try {
    const file = join(folder, 'exchanges');
    const run = spawn(scenarios, ['--gtest_brief=1'], { env: { ...process.env, SLUICE_RECORD: file }, stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(run, 'exit');
    assert.equal(code, 0, 'the scenarios pass');
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(readLine);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without a method where the request is broken on purpose, or another answer took it. */
function readLine(line) {
  const { request, status, headers, body, whole } = JSON.parse(line);
  const text = Buffer.from(request, 'base64').toString();
  const [, method, path] = /^([A-Z]+) (\/\S*) HTTP\/1\.[01]\r\n/.exec(text) ?? [];
  const end = text.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2))?.[1];
  const sent = length === undefined ? undefined : Buffer.from(text.slice(end + 4)).subarray(0, Number(length)).toString();
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, path, status, headers: lower, body: Buffer.from(body, 'base64').toString(), whole, request: sent };
}
