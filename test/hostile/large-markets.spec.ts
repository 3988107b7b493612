/** Markets at the limit of size, with the prices that are dearest to compute; and one from before there were limits. */
import type { Scene } from '../support/scenes.js';
import { openVastMarket } from '../support/vast-market.js';
import { expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

const SETUP_MS_MAX = 120_000;
const ATTACK_MS_MAX = 60_000;
const RESOURCES = 16;
const SLOTS = 10_000;
/** Sites that a market of so many slots and resources may have. */
const SITES_MAX = 12;
/** Prices beyond what doubles hold exactly, whose fractions a double cannot tell. */
const gamma = Object.fromEntries(['bandwidth', ...Array.from({ length: RESOURCES }, (_, k) => `r${k}`)].map((name) => [name, 999_999.5]));
const market = { prices: { gamma, unit: '999999999', reserve: '0' } };

let stand: Stand;
let dear: Scene;
let older: Scene;
beforeAll(async () => {
  stand = await setStand();
  const size = { slots: SLOTS, resources: RESOURCES, market };
  dear = await openVastMarket(stand, { name: 'dear', sites: SITES_MAX, ...size });
  older = await openVastMarket(stand, { name: 'older', sites: 700, soldSlots: 20, ...size });
}, SETUP_MS_MAX);
afterAll(() => stand.close());

const path = ({ marketId }: Scene, what: string): string => `/v1/markets/${marketId}/${what}`;
const prices = (scene: Scene) => ({ name: 'prices', method: 'GET', path: path(scene, 'prices') });
const four = (request: object): object[] => [request, request, request, request];

it.each([
  ['prices at the limit', () => [{ key: dear.bidders[0].key, requests: four(prices(dear)) }]],
  ['prices far beyond the limit', () => [{ key: older.bidders[0].key, requests: four(prices(older)) }]],
])(
  'holds nobody up by %s',
  async (_, tasks) => {
    const attackers = tasks().map((task) => ({ script: 'thinker', task }));
    const { suffering, reports } = await underAttack<{ answers: Record<string, number> }>(stand, attackers);
    expectUnharmed(suffering);
    const answers = reports.flatMap((report) => Object.keys(report.answers));
    expect(answers.filter((answer) => !/ (200|202|429|503|none)$/.test(answer))).toEqual([]);
  },
  ATTACK_MS_MAX,
);

it('takes no site beyond the limit', async () => {
  const { status, body } = await stand.client.post(path(dear, 'sites'), { key: dear.operatorKey, body: { name: 'more', capacity: {} } });
  expect([status, body.type]).toEqual([422, 'urn:eris:problem:market_too_large']);
  expect(body.detail).toContain(`at most ${SITES_MAX} sites`);
});
