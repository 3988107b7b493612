/**
 * The mechanism's figures: `npm run bench:mechanism` (`--quick` for a few minutes less). Prices against exact optima, welfare against the
 * offline optimum, bounds and peers, decision times and their growth. The last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { gapSection } from './sections/gaps.js';
import { instanceSection } from './sections/instances.js';
import { timeSection } from './sections/times.js';
import { truthSection } from './sections/truth.js';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const quick = values.quick;
const figures = { ...(await gapSection(quick)), ...(await instanceSection(quick)), ...truthSection(quick), ...timeSection(quick) };
console.log(`\n${JSON.stringify(figures)}`);
