import {
  AcceptBids,
  AddSite,
  AdvanceClock,
  type Caller,
  CreateMarket,
  createThinker,
  DecideMarkets,
  LearnPrices,
  type NewBid,
  type Verification,
  verifyMarket,
  WakeUpNotifier,
} from '#market';
import { createPrng, type Prng } from '#lab';
import { standardKinds } from '#kinds';
import { NEW_LEARNING_RULE } from '#mechanism';
import {
  createAuditSource,
  createBase,
  createBidInbox,
  createCatalogueWork,
  createClockStore,
  createDecidingStore,
  createLearningStore,
} from '#persistence';
import type { Pool } from 'pg';
import { smallJob } from './audited-market.js';
import { newBid, seedMarket, type SeededMarket } from './market.js';

const HORIZON_SLOTS = 6;
const BIDDERS = 40;
const CAPACITY = { gpu: 4, cpu: 24, memoryGB: 32 };
const clock = { nowMs: () => performance.now() };
const silent = new WakeUpNotifier({ notify: () => Promise.resolve() }, () => undefined);

/** What came of a learning market's history, and of its replay. */
export interface LearningHistoryOutcome {
  readonly bids: number;
  readonly levels: number;
  readonly distinctLevels: number;
  /** Bids that were not measured as a level was posted, over all levels. */
  readonly left: number;
  readonly verification: Verification;
}

/**
 * A market that learns its prices, over so many bids; its log is then replayed: each decision and each level anew. Of every third slot the second
 * half of the bids is measured after the clock has moved. @param bidsPerSlot more than 128: then not all of a slot are measured.
 */
export async function liveLearning(
  { pool, url }: { readonly pool: Pool; readonly url: string },
  { bidCount, bidsPerSlot }: { readonly bidCount: number; readonly bidsPerSlot: number },
): Promise<LearningHistoryOutcome> {
  const base = createBase(url);
  try {
    const market = await open(pool, createCatalogueWork(base));
    const prng = createPrng(15);
    for (let done = 0, slot = 0; done < bidCount; slot++, done += bidsPerSlot) {
      if (slot > 0) await moveTo(pool, market, slot);
      await decideSlot(pool, market, { first: done, count: Math.min(bidsPerSlot, bidCount - done), isLate: slot % 3 === 2, prng });
    }
    await learn(pool);
    return await outcomeOf(pool, market);
  } finally {
    await base.close();
  }
}

async function open(pool: Pool, work: ReturnType<typeof createCatalogueWork>): Promise<SeededMarket> {
  const others = await seedMarket(pool, { operator: 'operator of a history', siteCount: 0, bidderCount: BIDDERS });
  const caller: Caller = { organisationId: others.operatorId, role: 'operator' };
  const made = await new CreateMarket(work).run({
    caller,
    name: 'a long history',
    clock: 'manual',
    slotMinutes: 20,
    horizonSlots: HORIZON_SLOTS,
    chunkMB: 2,
    bandwidthMB: 20_480,
    resources: ['gpu', 'cpu', 'memoryGB'],
    prices: NEW_LEARNING_RULE,
  });
  if (made.kind !== 'created') throw new Error(made.kind);
  const { marketId } = made.market;
  const siteIds: string[] = [];
  for (const name of ['north', 'south', 'east']) {
    const added = await new AddSite(work).run({ caller, marketId, name, capacity: CAPACITY });
    if (added.kind !== 'added') throw new Error(added.kind);
    siteIds.push(added.site.siteId.toString());
  }
  return { ...others, marketId, siteIds };
}

async function moveTo(pool: Pool, { marketId, operatorId }: SeededMarket, slot: number): Promise<void> {
  const moved = await new AdvanceClock(createClockStore(pool), clock, () => undefined).run({ marketId, slot, organisationId: operatorId });
  if (moved.kind !== 'moved') throw new Error(moved.kind);
}

interface SlotOfBids {
  readonly first: number;
  readonly count: number;
  readonly isLate: boolean;
  readonly prng: Prng;
}

async function decideSlot(pool: Pool, market: SeededMarket, { first, count, isLate, prng }: SlotOfBids): Promise<void> {
  const batch = Math.ceil(count / 2);
  const accepting = new AcceptBids(createBidInbox(pool), silent, { waitMs: 0, queueMax: batch });
  const limits = { owner: 'history', leaseMs: 60_000, batchMax: batch, thinkMs: 30_000 };
  const decider = new DecideMarkets(createDecidingStore(pool), standardKinds(), limits, clock);
  for (let from = 0; from < count; from += batch) {
    await accepting.acceptMany(
      Array.from({ length: Math.min(batch, count - from) }, (_, index) => bidOf(market, first + from + index, prng)),
    );
    await decider.run(market.marketId);
    if (!isLate || from === 0) await learn(pool);
  }
}

const learn = async (pool: Pool): Promise<unknown> =>
  new LearnPrices(createLearningStore(pool), createThinker(standardKinds(), clock), clock).run(3_600_000);

/** A small job, worth something between little and much. */
const bidOf = (market: SeededMarket, index: number, prng: Prng): NewBid => {
  const body = smallJob(market, prng, 3_000);
  return newBid(market, prng.pick(market.bidderIds), `bid-${index}`, body);
};

async function outcomeOf(pool: Pool, { marketId }: SeededMarket): Promise<LearningHistoryOutcome> {
  const { rows } = await pool.query<Omit<LearningHistoryOutcome, 'verification'>>(
    `SELECT (SELECT count(*)::int FROM decision WHERE market_id = $1) AS bids, count(*)::int AS levels,
       count(DISTINCT payload ->> 'levelMicros')::int AS "distinctLevels", coalesce(sum((payload ->> 'left')::int), 0)::int AS "left"
     FROM event WHERE market_id = $1 AND kind = 'prices_changed'`,
    [marketId],
  );
  const [counts] = rows;
  const outcome = await verifyMarket(createAuditSource(pool), marketId, { kinds: standardKinds() });
  if (!counts || outcome.kind !== 'verified') throw new Error(outcome.kind);
  return { ...counts, verification: outcome.verification };
}
