import type { CatalogueTx, MarketRecord, MarketTerms } from '#market';
import type { OracleVersion } from '#mechanism';
import { micros, type Milli } from '#units';
import type { PrismaTx } from '../cold-work.js';
import { MARKET_CHANNEL } from '../hot/index.js';
import type { Market } from '../prisma/generated/client.js';

type MarketsTx = Pick<CatalogueTx, 'insertMarket' | 'lockMarket' | 'setStatus' | 'setOracle' | 'appendEvent'>;

/** Markets over a transaction of Prisma's. */
export function marketsTx(db: PrismaTx): MarketsTx {
  return {
    insertMarket: (organisationId, terms) => insert(db, organisationId, terms),
    lockMarket: (organisationId, marketId) => lock(db, organisationId, marketId),
    setStatus: async (id, status) => void (await db.market.update({ where: { id }, data: { status }, select: { id: true } })),
    setOracle: async (id, oracle) => void (await db.market.update({ where: { id }, data: { oracle }, select: { id: true } })),
    appendEvent: (marketId, kind, payload) => append(db, marketId, { kind, payload }),
  };
}

/** A taken name makes no row, and no error either: an error would end the transaction. */
async function insert(
  db: PrismaTx,
  organisationId: bigint,
  { chunkKb, bandwidthKb, resources, unit, reserve, ...terms }: MarketTerms,
): Promise<MarketRecord | undefined> {
  const [made] = await db.market.createManyAndReturn({
    data: {
      ...terms,
      organisationId,
      resources: [...resources],
      chunkKb: BigInt(chunkKb),
      bandwidthKb: BigInt(bandwidthKb),
      unitMicros: unit,
      reserveMicros: reserve,
    },
    skipDuplicates: true,
  });
  return made === undefined ? undefined : recordOf(made);
}

/**
 * lock-own-market: an operator's market, locked against other writers of its log as deciding locks it.
 * Input:  market, organisation. Output: at most one row.
 * Events: none.
 * Retry:  safe.
 */
async function lock(db: PrismaTx, organisationId: bigint, marketId: bigint): Promise<MarketRecord | undefined> {
  const locked = await db.$queryRaw<
    unknown[]
  >`SELECT id FROM market WHERE id = ${marketId} AND organisation_id = ${organisationId} FOR NO KEY UPDATE`;
  return locked.length === 0 ? undefined : recordOf(await db.market.findUniqueOrThrow({ where: { id: marketId } }));
}

/** The number is taken by an update of the market's row, so that the log has one writer at a time and no gaps. */
async function append(db: PrismaTx, marketId: bigint, { kind, payload }: { kind: string; payload: object }): Promise<bigint> {
  const { sequence } = await db.market.update({
    where: { id: marketId },
    data: { sequence: { increment: 1n } },
    select: { sequence: true },
  });
  await db.event.createMany({ data: { marketId, sequence, kind, payload } });
  await db.$executeRaw`SELECT pg_notify(${MARKET_CHANNEL}, ${`${marketId}:${sequence}`})`;
  return sequence;
}

const recordOf = ({ id, chunkKb, bandwidthKb, gamma, unitMicros, reserveMicros, oracle, ...rest }: Market): MarketRecord => ({
  ...rest,
  marketId: id,
  chunkKb: Number(chunkKb) as Milli,
  bandwidthKb: Number(bandwidthKb) as Milli,
  gamma: gamma as Record<string, number>,
  oracle: oracle as OracleVersion,
  unit: micros(unitMicros),
  reserve: micros(reserveMicros),
});
