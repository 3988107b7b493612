// Builds what the benches need and runs one: `node bench/run.mjs gap --worst 3`. A build with type errors still runs; they are printed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name = '', ...rest] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name)) {
  console.error('which bench? node bench/run.mjs dashboard | engine | gap | lifecycle | mechanism | exact | reads | throughput');
  process.exit(2);
}
const build = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'], {
  cwd: root,
  encoding: 'utf8',
});
if (build.status !== 0) console.error(build.stdout);
const run = spawnSync(process.execPath, [`dist/bench/${name}.js`, ...rest], { cwd: root, stdio: 'inherit' });
process.exit(run.status ?? 1);
