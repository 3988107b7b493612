/**
 * The mechanism's figures: `npm run bench:mechanism` (`--quick`: fewer cases; `--only gaps`: one section). Prices against exact optima, crowded markets,
 * welfare against the offline optimum, bounds and peers, lies, decision times and their growth, the slowest up to the limits. The last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { crowdedSection } from './sections/crowded.js';
import { gapSection } from './sections/gaps.js';
import { instanceSection } from './sections/instances.js';
import { limitSection } from './sections/limits.js';
import { streamSection } from './sections/streams.js';
import { timeSection } from './sections/times.js';
import { truthSection } from './sections/truth.js';

type Section = (quick: boolean) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

const SECTIONS: Readonly<Record<string, Section>> = {
  gaps: gapSection,
  crowded: crowdedSection,
  instances: instanceSection,
  truth: truthSection,
  streams: streamSection,
  times: timeSection,
  limits: limitSection,
};

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const figures: Record<string, number> = {};
for (const [name, section] of Object.entries(SECTIONS)) {
  if (values.only === undefined || values.only === name) Object.assign(figures, await section(values.quick));
}
console.log(`\n${JSON.stringify(figures)}`);
