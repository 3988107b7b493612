/**
 * The mechanism's figures: `npm run bench:mechanism` (`--quick`: fewer cases; `--only gaps`: one section; `--comparisons 10000000`: so many choices; `--further 400`: so many
 * other seeds of crowded markets, solved exactly). Prices against exact optima, crowded markets,
 * welfare against the offline optimum, bounds and peers, lies, decision times and their growth, the slowest up to the limits. The last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { allocationSection } from './sections/allocation.js';
import { choiceSection } from './sections/choices.js';
import { crowdedSection } from './sections/crowded.js';
import { gapSection } from './sections/gaps.js';
import { instanceSection } from './sections/instances.js';
import { limitSection } from './sections/limits.js';
import { streamSection } from './sections/streams.js';
import { timeSection } from './sections/times.js';
import { truthSection } from './sections/truth.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    comparisons: { type: 'string' },
    further: { type: 'string' },
  },
});
/** A count that an option names; undefined where it is not given. */
function countOf(name: 'comparisons' | 'further'): number | undefined {
  const said = values[name];
  if (said === undefined || (Number.isInteger(Number(said)) && Number(said) > 0)) return said === undefined ? undefined : Number(said);
  console.error(`--${name}: ${said} is not a whole number above 0`);
  process.exit(2);
}
const comparisons = countOf('comparisons');
const further = countOf('further');

type Section = (quick: boolean) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;

const SECTIONS: Readonly<Record<string, Section>> = {
  gaps: gapSection,
  crowded: (quick) => crowdedSection(quick, further),
  choices: (quick) => choiceSection(quick, comparisons),
  instances: instanceSection,
  truth: truthSection,
  streams: streamSection,
  times: timeSection,
  limits: limitSection,
  allocation: allocationSection,
};

const figures: Record<string, number> = {};
for (const [name, section] of Object.entries(SECTIONS)) {
  if (values.only === undefined || values.only === name) Object.assign(figures, await section(values.quick));
}
console.log(`\n${JSON.stringify(figures)}`);
