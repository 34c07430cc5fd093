// Makes ui/dist, which is committed and becomes part of the gateway: `npm ci && npm run build`.
//   node build.js [FOLDER]      FOLDER: where to write instead (default dist)
import { build } from 'esbuild';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = resolve(process.argv[2] ?? join(here, 'dist'));

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/main.tsx' },
  entryNames: '[name]-[hash]',
  outdir: 'dist',
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
});

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const { path, contents } of outputFiles) write(basename(path), contents);

const named = (extension) => basename(outputFiles.find(({ path }) => path.endsWith(extension)).path);
const page = readFileSync(join(here, 'src/index.html'), 'utf8');
write('index.html', page.replace('{script}', named('.js')).replace('{style}', named('.css')));
write('favicon.svg', readFileSync(join(here, 'src/favicon.svg')));
write('THIRD_PARTY.txt', notices(['preact', 'uplot']));

function write(name, contents) {
  writeFileSync(join(dist, name), contents);
  writeFileSync(join(dist, `${name}.gz`), gzipSync(contents, { level: 9 }));
}

function notices(packages) {
  const parts = packages.map((name) => {
    const folder = join(here, 'node_modules', name);
    const { version, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${homepage})\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  return `The page at /ui/ contains these packages.\n\n${parts.join(`\n${'-'.repeat(72)}\n\n`)}`;
}
