/** Two workers on one database, and a market that takes long to think about: each of its bids is decided, and once. */
import { type RunningEris, startEris } from '../support/running-eris.js';
import type { Scene } from '../support/scenes.js';
import { until } from '../support/until.js';
import { chunkBody, openVastMarket } from '../support/vast-market.js';

/** More rounds by ERIS_PROGRESS_ROUNDS. */
const ROUNDS = Number(process.env.ERIS_PROGRESS_ROUNDS ?? 1);
const BIDS = 3;
const ROUND_MS_MAX = 120_000;
const STARTING_MS_MAX = 60_000;

describe('two workers and a market that takes long', () => {
  let eris: RunningEris;
  let vast: Scene;

  beforeAll(async () => {
    eris = await startEris({ workers: 2, env: { ERIS_LEASE_MS: '1000' } });
    vast = await openVastMarket(eris, { name: 'vast', sites: 500, slots: 300 });
  }, STARTING_MS_MAX);
  afterAll(() => eris.close());

  it(
    'get on: every bid is decided, each once',
    async () => {
      for (let round = 1; round <= ROUNDS; round++) {
        const bids = Array.from({ length: BIDS }, (_, index) => ({
          ...chunkBody(vast, 1, round * BIDS + index),
          idempotencyKey: `round-${round}-${index}`,
        }));
        const placed = await eris.client.post(`/v1/markets/${vast.marketId}/bids/bulk`, { key: vast.bidders[0].key, body: { bids } });
        expect(placed.status).toBe(200);
        await until(async () => (await decided()) >= round * BIDS, { everyMs: 200, maxMs: ROUND_MS_MAX });
        expect(await decided()).toBe(round * BIDS);
      }
      const { rows } = await eris.database.pool.query(
        `SELECT (SELECT count(*)::int FROM undecided_bid) AS undecided, (SELECT count(*)::int FROM market_lease WHERE epoch > $1) AS restless`,
        [4 * ROUNDS * BIDS],
      );
      expect(rows).toEqual([{ undecided: 0, restless: 0 }]);
    },
    ROUNDS * ROUND_MS_MAX,
  );

  const decided = async (): Promise<number> =>
    (await eris.database.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM decision')).rows[0].count;
});
