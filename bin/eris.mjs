#!/usr/bin/env node
// Builds what is not built yet, then runs the command line. What the build says goes to standard error, so that output stays clean.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/apps/cli/src/main.js', import.meta.url);
const setup = new URL('../scripts/setup.mjs', import.meta.url);

if (!existsSync(main)) {
  const { status } = spawnSync(process.execPath, [fileURLToPath(setup)], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
await import(main.href);
