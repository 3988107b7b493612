/** Markets that are dear to think about: one tenant's do not hold up another's bids, nor the process. */
import { chunkBody, openVastMarket } from '../support/vast-market.js';
import type { Scene } from '../support/scenes.js';
import { expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

/** Prices go first through a market of these sizes, then whole menus. */
const SETUP_MS_MAX = 120_000;
const ATTACK_MS_MAX = 120_000;

const asking = (scene: Scene, requests: readonly object[]) => ({
  script: 'thinker',
  task: { key: scene.bidders[0].key, requests },
});
const path = (scene: Scene, what: string): string => `/v1/markets/${scene.marketId}/${what}`;
const times = (count: number, request: object): object[] => Array.from({ length: count }, () => request);

describe("one tenant's large market", () => {
  let stand: Stand;
  let vast: Scene;

  beforeAll(async () => {
    stand = await setStand();
    vast = await openVastMarket(stand, { name: 'vast', sites: 500, slots: 300 });
  }, SETUP_MS_MAX);
  afterAll(() => stand.close());

  it.each([
    ['bids of one chunk', () => times(3, { name: 'bid', method: 'POST', path: path(vast, 'bids'), body: chunkBody(vast) })],
    ['quotes of one chunk', () => times(6, { name: 'quote', method: 'POST', path: path(vast, 'quotes'), body: chunkBody(vast) })],
    ['prices', () => times(4, { name: 'prices', method: 'GET', path: path(vast, 'prices') })],
  ])(
    'holds nobody up by %s',
    async (_, requests) => {
      const { suffering, reports } = await underAttack<{ answers: Record<string, number> }>(stand, [asking(vast, requests())]);
      expectUnharmed(suffering);
      const unexpected = Object.keys(reports[0].answers).filter((answer) => !/ (200|202|429|503|none)$/.test(answer));
      expect(unexpected).toEqual([]);
    },
    ATTACK_MS_MAX,
  );

  it('has its own bids decided in the end', async () => {
    const { rows } = await stand.database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM decision WHERE market_id = $1`,
      [vast.marketId],
    );
    expect(rows[0].count).toBeGreaterThan(0);
  });
});
