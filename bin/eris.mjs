#!/usr/bin/env node
// Builds what is not built yet, then runs the command line. What the build says goes to standard error, so that output stays clean.
import { existsSync } from 'node:fs';

const main = new URL('../dist/apps/cli/src/main.js', import.meta.url);
/** Said by `npm start` and `npm run demo`: look whether the build is up to date, and not only whether it is there. */
const CHECK = '--up-to-date';

const isChecked = process.argv[2] === CHECK;
if (isChecked) process.argv.splice(2, 1);
if (isChecked || !existsSync(main)) {
  const { setup } = await import('../scripts/setup.mjs');
  const status = await setup();
  if (status !== 0) process.exit(status);
}
await import(main.href);
