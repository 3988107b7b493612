/** A market whose every price is an exact half of a micro-credit, each of another capacity: what doubles cannot round. It holds nobody up. */
import type { Scene } from '../support/scenes.js';
import { chunkBody, openVastMarket } from '../support/vast-market.js';
import { expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

const SETUP_MS_MAX = 120_000;
const ATTACK_MS_MAX = 60_000;
const RESOURCES = 16;
const gamma = Object.fromEntries(['bandwidth', ...Array.from({ length: RESOURCES }, (_, k) => `r${k}`)].map((name) => [name, 2.25]));
const market = { prices: { gamma, unit: '1.000001', reserve: '0' } };

let stand: Stand;
let halves: Scene;
beforeAll(async () => {
  stand = await setStand();
  halves = await openVastMarket(stand, { name: 'halves', sites: 2_000, slots: 20, resources: RESOURCES, sold: 'halves', market });
}, SETUP_MS_MAX);
afterAll(() => stand.close());

const path = (what: string): string => `/v1/markets/${halves.marketId}/${what}`;

it.each([
  ['bids', () => ({ name: 'bid', method: 'POST', path: path('bids'), body: chunkBody(halves) })],
  ['quotes', () => ({ name: 'quote', method: 'POST', path: path('quotes'), body: chunkBody(halves) })],
  ['prices', () => ({ name: 'prices', method: 'GET', path: path('prices') })],
])(
  'holds nobody up by %s',
  async (_, request) => {
    const task = { key: halves.bidders[0].key, requests: [request(), request()] };
    const { suffering, reports } = await underAttack<{ answers: Record<string, number> }>(stand, [{ script: 'thinker', task }]);
    expectUnharmed(suffering);
    expect(Object.keys(reports[0].answers).filter((answer) => !/ (200|202|429|503|none)$/.test(answer))).toEqual([]);
  },
  ATTACK_MS_MAX,
);

it('has its own bid decided within seconds, at a price whose every part is a half rounded up', async () => {
  const { client, database } = stand;
  const { rows } = await database.pool.query<{ count: number }>(`SELECT count(*)::int AS count FROM decision WHERE market_id = $1`, [
    halves.marketId,
  ]);
  expect(rows[0].count).toBeGreaterThan(0);
  const { body } = await client.get(`${path('prices')}?from=10&to=10`, { key: halves.operatorKey });
  expect(body.slots[0].sites[halves.siteIds[7]].r3).toBe('0.500001');
});
