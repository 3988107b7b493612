/**
 * What is answered to some ten thousand bids in markets of many sizes, as a digest per market: `npm run answers`. Two versions whose digests are
 * equal decide, schedule, charge and transfer the same. The digests that are expected stand in test/answers/expected.ts; where one differs the
 * exit code is 1. `-- --bids N`: only the first N bids of each market.
 */
import { parseArgs } from 'node:util';
import { answersOf } from '../test/answers/deciding.js';
import { EXPECTED } from '../test/answers/expected.js';
import { MARKETS } from '../test/answers/markets.js';

const { values } = parseArgs({ options: { bids: { type: 'string' } } });
const bidsMax = values.bids === undefined ? Infinity : Number(values.bids);
let total = 0;
for (const market of MARKETS) {
  const { name, bids, accepted, digest } = answersOf(market, bidsMax);
  total += bids;
  const isKnown = bidsMax === Infinity;
  const isSame = digest === EXPECTED[name]?.whole;
  if (isKnown && !isSame) process.exitCode = 1;
  console.log(
    `${name.padEnd(28)} ${String(bids).padStart(5)} bids ${String(accepted).padStart(5)} accepted  ${digest}${isKnown ? (isSame ? '  as expected' : '  DIFFERS') : ''}`,
  );
}
console.log(`${total} bids`);
