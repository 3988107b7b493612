import { EVENT_TYPES, type MarketTerms, marketTerms, payloadJson } from '#log';
import type { CatalogueTx, ChangeEvent, MarketRecord, NewMarket } from '#market';
import type { Milli } from '#units';
import type { PrismaTx } from '../cold-work.js';
import type { Market, Prisma } from '../prisma/generated/client.js';

type MarketsTx = Pick<
  CatalogueTx,
  'insertMarket' | 'lockMarket' | 'hasDecidedInSlot' | 'isBeingRepaired' | 'setStatus' | 'setTerms' | 'appendEvent'
>;

/** Markets over a transaction of Prisma's. */
export function marketsTx(db: PrismaTx): MarketsTx {
  return {
    insertMarket: (organisationId, market) => insert(db, organisationId, market),
    lockMarket: (organisationId, marketId) => lock(db, organisationId, marketId),
    hasDecidedInSlot: (marketId) => hasDecidedInSlot(db, marketId),
    isBeingRepaired: async (marketId) =>
      (await db.marketWindow.findFirst({ where: { marketId, settledSequence: null }, select: { id: true } })) !== null,
    setStatus: async (id, status) => void (await db.market.update({ where: { id }, data: { status }, select: { id: true } })),
    setTerms: async (id, terms) =>
      void (await db.market.update({ where: { id }, data: { terms: termsJson(terms) }, select: { id: true } })),
    appendEvent: (marketId, event) => append(db, marketId, event),
  };
}

/** A taken name makes no row, and no error either: an error would end the transaction. */
async function insert(
  db: PrismaTx,
  organisationId: bigint,
  { chunkKb, bandwidthKb, resources, terms, ...rest }: NewMarket,
): Promise<MarketRecord | undefined> {
  const [made] = await db.market.createManyAndReturn({
    data: {
      ...rest,
      organisationId,
      resources: [...resources],
      chunkKb: BigInt(chunkKb),
      bandwidthKb: BigInt(bandwidthKb),
      terms: termsJson(terms),
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

/**
 * decided-in-slot: whether a market's log has a decision since its clock moved last (has_decided_in_slot).
 * Input:  market. Output: yes or no.
 * Events: none.
 * Retry:  safe; it reads.
 */
async function hasDecidedInSlot(db: PrismaTx, marketId: bigint): Promise<boolean> {
  const [row] = await db.$queryRaw<{ decided: boolean }[]>`SELECT has_decided_in_slot(${marketId}) AS decided`;
  return row?.decided === true;
}

/** The number is taken by an update of the market's row, so that the log has one writer at a time and no gaps. */
async function append(db: PrismaTx, marketId: bigint, event: ChangeEvent): Promise<bigint> {
  const { sequence } = await db.market.update({
    where: { id: marketId },
    data: { sequence: { increment: 1n } },
    select: { sequence: true },
  });
  const [payload, { version }] = [JSON.stringify(payloadJson(event)), EVENT_TYPES[event.kind]];
  await db.$executeRaw`
    SELECT append_entries(ARRAY[${marketId}]::bigint[], ARRAY[${sequence}]::bigint[], ARRAY[${event.kind}], ARRAY[${version}]::smallint[],
      ARRAY[NULL]::bigint[], ARRAY[${payload}]::json[], NULL)`;
  return sequence;
}

const termsJson = (terms: MarketTerms): Prisma.InputJsonValue => marketTerms.write(terms) as Prisma.InputJsonValue;

const recordOf = ({ id, chunkKb, bandwidthKb, terms, ...rest }: Market): MarketRecord => ({
  ...rest,
  marketId: id,
  chunkKb: Number(chunkKb) as Milli,
  bandwidthKb: Number(bandwidthKb) as Milli,
  terms: marketTerms.read(terms, 'terms'),
});
