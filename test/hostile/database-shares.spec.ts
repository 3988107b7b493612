/** One tenant asks for what takes the database, over very many connections; another one, with a key of its own, asks for this and that meanwhile. */
import type { Scene } from '../support/scenes.js';
import { openVastMarket } from '../support/vast-market.js';
import {
  type Attacker,
  expectNothingHeld,
  expectServed,
  expectUnharmed,
  type Served,
  setStand,
  type Stand,
  underAttack,
} from './support/stand.js';

const CROWD = 600;
const LONG_MS = 120_000;

interface Crowd {
  readonly answers: Readonly<Record<string, number>>;
  readonly titles: Readonly<Record<string, number>>;
}

let stand: Stand;
/** Another operator with its market and bidders. */
let greedy: Scene;
beforeAll(async () => {
  stand = await setStand({ env: { ERIS_ORGANISATION_RATE_LIMIT_PER_SECOND: '0' } });
  greedy = await openVastMarket(stand, { name: 'greedy', sites: 40, slots: 500 });
}, LONG_MS);
afterAll(() => stand.close());

/** What the victim's operator asks for besides. */
const patron = (): Attacker => {
  const { marketId, operatorKey: key, bidders } = stand.scene;
  const requests = [
    { path: `/v1/markets/${marketId}` },
    { path: `/v1/markets/${marketId}/prices?to=10` },
    { path: '/v1/accounts' },
    { path: `/v1/markets/${marketId}/sites` },
    { method: 'POST', path: `/v1/accounts/${bidders[0].accountId}/deposits`, body: { amount: '1' } },
  ];
  return { script: 'patron', task: { key, requests } };
};
const deposits = (key: string) => {
  const path = `/v1/accounts/${greedy.bidders[0].accountId}/deposits`;
  return { key, connections: CROWD, method: 'POST', path, body: { amount: '0.000001' } };
};

it.each<[string, () => Readonly<Record<string, unknown>>]>([
  ['prices of a market', () => ({ key: greedy.bidders[0].key, connections: CROWD, path: `/v1/markets/${greedy.marketId}/prices` })],
  ['lists of accounts by the administrator', () => ({ key: stand.adminKey, connections: CROWD, path: '/v1/accounts' })],
  ['deposits of an operator', () => deposits(greedy.operatorKey)],
])(
  'leaves others their share of the database under a crowd of %s',
  async (_, task) => {
    const { suffering, reports } = await underAttack<Served & Crowd>(stand, [patron(), { script: 'crowd', task: task() }]);
    const [served, { answers, titles }] = reports;
    expectUnharmed(suffering);
    expectServed(served);
    expect(Object.keys(answers).filter((status) => !['200', '201', '429', '503'].includes(status))).toEqual([]);
    expect(Object.keys(titles).filter((title) => !TITLES.test(title))).toEqual([]);
    await expectNothingHeld(stand);
  },
  LONG_MS,
);

const TITLES =
  /^(Too many quotes and prices are asked for, 1 s|Too many requests wait for the database, 1 s|You have as much under way as your share allows, 1 s)$/;
