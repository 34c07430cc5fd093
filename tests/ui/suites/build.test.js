// What is committed in ui/dist is what ui/src makes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const ui = resolve(fileURLToPath(new URL('.', import.meta.url)), '../../../ui');

/** name -> bytes; the compressed forms as what they hold, because zlibs differ. */
function files(folder) {
  return Object.fromEntries(readdirSync(folder).sort().map((name) => {
    const bytes = readFileSync(join(folder, name));
    return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('base64')];
  }));
}

test('the committed files are those that a build makes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-ui-dist-'));
  try {
    execFileSync('node', ['build.js', folder], { cwd: ui });
    assert.deepEqual(files(join(ui, 'dist')), files(folder), 'run npm run build in ui/ and commit dist');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the types hold', () => {
  execFileSync('node', ['node_modules/typescript/bin/tsc'], { cwd: ui, stdio: 'inherit' });
});

test('all of it is below 60 KB compressed', () => {
  const dist = join(ui, 'dist');
  const size = readdirSync(dist).filter((name) => name.endsWith('.gz')).reduce((sum, name) => sum + readFileSync(join(dist, name)).length, 0);
  assert.ok(size < 60_000, `${size} bytes`);
});
