import { createBase, createBidInbox, createCatalogueWork, createClockStore, createDecidingStore } from '#persistence';
import { addTwin, seedMarket } from '../support/market.js';
import { createTestDatabase } from '../support/postgres.js';
import { type Backend, BIDDER_COUNT, type Entry, FUNDS_MICROS, HORIZON_SLOTS, type OpenBackend, SITE_COUNT } from './backend.js';

/** The ports over a Postgres database of their own. */
export const openPostgres: OpenBackend = async (options = {}): Promise<Backend> => {
  const { pool, url, drop } = await createTestDatabase();
  const base = createBase(url);
  const market = await seedMarket(pool, {
    siteCount: SITE_COUNT,
    bidderCount: BIDDER_COUNT,
    horizonSlots: HORIZON_SLOTS,
    fundsMicros: FUNDS_MICROS,
    ...options,
  });
  const twin = await addTwin(pool, market, 'twin');
  return {
    inbox: createBidInbox(pool),
    deciding: createDecidingStore(pool),
    clock: createClockStore(pool),
    catalogue: createCatalogueWork(base),
    markets: [market, twin],
    balanceOf: async (organisationId, kind) => {
      const text = 'SELECT balance_micros AS balance FROM account WHERE organisation_id = $1 AND kind = $2::account_kind';
      return (await pool.query<{ balance: bigint }>(text, [organisationId, kind])).rows[0].balance;
    },
    logOf: async (marketId) =>
      (await pool.query<Entry>('SELECT sequence, kind FROM event WHERE market_id = $1 ORDER BY sequence', [marketId])).rows,
    decidedIn: async (marketId) =>
      (await pool.query<{ id: bigint }>('SELECT bid_id AS id FROM decision WHERE market_id = $1 ORDER BY sequence', [marketId])).rows.map(
        ({ id }) => id,
      ),
    pass: async (ms) => {
      await pool.query(`UPDATE market_lease SET until = until - $1 * interval '1 millisecond'`, [ms]);
    },
    close: async () => {
      await base.close();
      await drop();
    },
  };
};
