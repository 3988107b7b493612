import { jobBody } from '../support/scenes.js';
import { expectNothingHeld, expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

/** What the API's heap may grow by under bodies that are made to be large. */
const GROWTH_BYTES_MAX = 400 * 1_048_576;

let stand: Stand;
beforeAll(async () => {
  stand = await setStand();
}, 120_000);
afterAll(() => stand.close());

const memory = async (): Promise<number> => (await stand.figures()).get('process_resident_memory_bytes') ?? NaN;
const bids = (): string => `/v1/markets/${stand.scene.marketId}/bids`;

it('makes nothing of bodies without a key, however large', async () => {
  const before = await memory();
  const { suffering, reports } = await underAttack<{ answers: Record<string, number> }>(stand, [
    { script: 'bodies', task: { path: `${bids()}/bulk`, connections: 62, piece: '{},', bytes: 4_000_000 } },
  ]);
  expectUnharmed(suffering);
  expect(Object.keys(reports[0].answers)).toEqual(['401']);
  expect((await memory()) - before).toBeLessThan(GROWTH_BYTES_MAX);
  await expectNothingHeld(stand);
}, 60_000);

it('does not look for 290,000 faults to list twenty of them', async () => {
  const { key } = stand.scene.bidders[0];
  const before = await memory();
  const { suffering, reports } = await underAttack<{ answers: Record<string, number> }>(stand, [
    { script: 'bodies', task: { path: `${bids()}/bulk`, key, connections: 3, piece: '{},', bytes: 4_000_000 } },
    { script: 'bodies', task: { path: bids(), key, connections: 2, piece: '"a",', bytes: 1_200_000 } },
    { script: 'bodies', task: { path: bids(), key, connections: 2, body: faultyBid() } },
  ]);
  expectUnharmed(suffering);
  expect(reports.map(({ answers }) => Object.keys(answers).filter((status) => status !== '429'))).toEqual([['413'], ['413'], ['422']]);
  expect((await memory()) - before).toBeLessThan(GROWTH_BYTES_MAX);
  await expectNothingHeld(stand);
}, 60_000);

/** As many faults as a body of a bid has room for. */
const faultyBid = (): string =>
  JSON.stringify(jobBody(stand.scene.siteIds, { valuation: { kind: 'table', values: new Array<string>(10_000).fill('a') } }));
