// Runs every suite (or those named on the command line) and prints counts by SDK, and how many of the
// requests and answers on the way were valid by the published specifications and by /openapi.json.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { run } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openaiSchemas, requestsOnly, specFile, specs } from './support/schema.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sluice-sdk-run-'));
const judges = [];

async function main(names) {
  const tally = join(folder, 'tally');
  writeFileSync(tally, '');
  process.env.SLUICE_SDK_TALLY = tally;
  await prepareSpecifications();

  const suites = readdirSync(join(here, 'suites')).filter((name) => name.endsWith('.test.js')).sort();
  const chosen = names.length ? suites.filter((suite) => names.some((name) => suite.startsWith(name))) : suites;
  if (!chosen.length) throw new Error(`no suite is called ${names.join(' or ')}`);
  const counts = {};
  for (const suite of chosen) await runSuite(join(here, 'suites', suite), counts);

  report(counts, readFileSync(tally, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)));
  return Object.values(counts).every(({ failed }) => failed === 0);
}

async function runSuite(file, counts) {
  const count = (counts[basename(file, '.test.js')] = { passed: 0, failed: 0, skipped: 0 });
  const stream = run({ files: [file], timeout: 600_000 });
  stream.on('test:pass', ({ name, skip }) => {
    if (isFile(name)) return;
    count[skip === undefined ? 'passed' : 'skipped'] += 1;
  });
  stream.on('test:fail', ({ name, details: { error } }) => {
    const cause = error.cause ?? error;
    if (isFile(name) && count.passed + count.failed > 0) return;
    count.failed += 1;
    console.log(`FAILED ${name}\n    ${String(cause.message ?? cause).split('\n').slice(0, 12).join('\n    ')}`);
  });
  for await (const _ of stream);
}

/** Newer versions of the runner report a file as a test of its own. */
const isFile = (name) => name.endsWith('.test.js');

/** A mock server made from each provider's OpenAPI judges the requests; OpenAI's schemas the answers. */
async function prepareSpecifications() {
  for (const provider of ['openai', 'mistral']) {
    const file = specFile(provider);
    if (!file) {
      console.log(`SKIPPED: no ${provider}.openapi.yaml in ${specs} (SLUICE_SPECS): validity for ${provider} is not checked`);
      continue;
    }
    const requests = join(folder, `${provider}.json`);
    writeFileSync(requests, requestsOnly(readFileSync(file, 'utf8')));
    process.env[`SLUICE_JUDGE_${provider.toUpperCase()}`] = await startJudge(requests);
  }
  const schemas = openaiSchemas();
  if (!schemas) return;
  process.env.SLUICE_OPENAI_SCHEMAS = join(folder, 'schemas.json');
  writeFileSync(process.env.SLUICE_OPENAI_SCHEMAS, schemas);
}

async function startJudge(spec) {
  const port = await freePort();
  const options = ['--port', port, '--host', '127.0.0.1', '--quiet', '--no-color', '--generator-seed=1', spec].map(String);
  const platform = `${process.platform}-${process.arch}`;
  const judge = spawn(resolve(here, `node_modules/@stdy/cli-${platform}/bin/steady`), options, { stdio: 'ignore' });
  judges.push(judge);
  const failed = new Promise((_, no) => judge.once('exit', (code) => no(new Error(`the judge of ${spec} ended with ${code}`))));
  failed.catch(() => {});
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 400; tries++) {
    const up = await Promise.race([fetch(url).then((answer) => answer.body?.cancel().then(() => true) ?? true, () => false), failed]);
    if (up) return url;
    await sleep(50);
  }
  throw new Error(`the judge of ${spec} does not answer`);
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

function report(counts, lines) {
  console.log('\nsuite                passed  failed  skipped');
  for (const [suite, { passed, failed, skipped }] of Object.entries(counts)) {
    console.log(suite.padEnd(18), String(passed).padStart(8), String(failed).padStart(7), String(skipped).padStart(8));
  }
  const sum = (what, which) => lines.reduce((total, line) => total + (line[what]?.[which] ?? 0), 0);
  console.log(`\nupstream requests: ${sum('requests', 'valid')} valid, ${sum('requests', 'invalid')} invalid, ${sum('requests', 'unjudged')} to providers without a specification here`);
  console.log(`answers on /v1:    ${sum('answers', 'valid')} valid, ${sum('answers', 'invalid')} invalid`);
  console.log(`answers by /openapi.json: ${sum('answers', 'described')} valid, ${sum('answers', 'undescribed')} invalid`);
}

let good = false;
try {
  good = await main(process.argv.slice(2));
} finally {
  const running = judges.filter(({ exitCode }) => exitCode === null);
  for (const judge of running) judge.kill('SIGKILL');
  await Promise.all(running.map((judge) => once(judge, 'exit')));
  rmSync(folder, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);
