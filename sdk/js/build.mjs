// Builds dist/esm and dist/cjs. `require('uponai')` is the class itself, and has the names as well.
import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');

rmSync(here('dist'), { recursive: true, force: true });
for (const project of ['tsconfig.json', 'tsconfig.cjs.json']) {
  execFileSync(process.execPath, [tsc, '--project', here(project)], { stdio: 'inherit' });
}
appendFileSync(here('dist/cjs/index.js'), 'module.exports = Object.assign(exports.default, exports);\n');
writeFileSync(here('dist/cjs/package.json'), '{ "type": "commonjs" }\n');
