import { AppendReceipts, TickRealtime } from '#market';
import type { PriceRule } from '#mechanism';
import { createClockStore, createReceiptStore } from '#persistence';
import { micros } from '#units';
import { AuditedMarket } from '../support/audited-market.js';
import { newBid, smallJob } from '../support/market.js';
import { TRIAL_VERSIONS } from '../support/oracle-moves.js';
import type { TestDatabase } from '../support/postgres.js';
import { TABLES } from './stored-log.js';

const MS_PER_MINUTE = 60_000;
const FLAT: PriceRule = { kind: 'flat', level: micros(40_000_000n), levels: { bandwidth: micros(5_000_000n) } };
const POOR_MICROS = 1_000n;

/**
 * Lives a history with everything that a log of this version can hold: every type of event, both rules of prices, manual and realtime clocks, every
 * refusal; and its receipts.
 */
export async function liveHistory(database: TestDatabase): Promise<void> {
  const paper = await AuditedMarket.open(database, { name: 'paper' });
  await paper.live();
  const flat = await AuditedMarket.open(database, { name: 'flat', prices: FLAT, versions: TRIAL_VERSIONS });
  await flat.decide(flat.bids(20));
  for (const oracle of ['trial/1', 'default/3']) await flat.moveToOracle(oracle);
  await flat.live(20);
  const realtime = await AuditedMarket.open(database, { name: 'realtime', clock: 'realtime' });
  await realtime.decide(realtime.bids(12));
  await tick(database, 65);
  await realtime.decide(realtime.bids(20).slice(12));
  const refused = await refusals(database);
  await backdate(database);
  await new AppendReceipts(createReceiptStore(database.pool), { nowMs: () => performance.now() }).run(60_000);
  for (const market of [paper, flat, realtime, ...refused]) await market.close();
}

/**
 * Moves all times to the beginning of 2020, before there are receipts: a history must not come from the future on a machine whose clock is behind that of
 * the one that has written it.
 */
async function backdate({ pool }: TestDatabase): Promise<void> {
  const { rows } = await pool.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = current_schema AND data_type = 'timestamp with time zone' AND table_name = ANY($1)`,
    [TABLES],
  );
  const { rows: now } = await pool.query<{ shift: string }>(`SELECT (now() - '2020-01-01Z'::timestamptz)::text AS shift`);
  for (const { table, column } of rows) {
    await pool.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await pool.query(`UPDATE ${table} SET ${column} = ${column} - $1::interval`, [now[0].shift]);
    await pool.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  }
}

/** So many minutes later. */
async function tick(database: TestDatabase, minutes: number): Promise<void> {
  const nowMs = Date.now() + minutes * MS_PER_MINUTE;
  await new TickRealtime(createClockStore(database.pool), { nowMs: () => nowMs }).run();
}

/** Refusals that need a market or a wallet of their own, or a job that asks for nothing or for too much. */
async function refusals(database: TestDatabase): Promise<AuditedMarket[]> {
  const poor = await AuditedMarket.open(database, { name: 'poor', fundsMicros: POOR_MICROS });
  const [bidder] = poor.seeded.bidderIds;
  const job = smallJob(poor.seeded, 1_000);
  const bid = (name: string, fields: object) => newBid(poor.seeded, bidder, name, { ...job, ...fields });
  await poor.decide([
    bid('insufficient-funds', {}),
    bid('price-above-value', { valuation: { kind: 'deadline', value: 0.000001, deadline: 3 } }),
    bid('quote-outdated', { quote: { priceVersion: '0' } }),
    bid('no-data', { chunks: { [poor.seeded.siteIds[0]]: 0 } }),
    bid('no-feasible-schedule', { worker: { gpu: 40, cpu: 2, memoryGB: 4 } }),
  ]);
  const short = await AuditedMarket.open(database, { name: 'short', clock: 'realtime', horizonSlots: 1 });
  await short.decide([newBid(short.seeded, short.seeded.bidderIds[0], 'beyond-horizon', smallJob(short.seeded, 1_000))]);
  return [poor, short];
}
