import { type LogEvent } from '#log';
import {
  type BatchRecord,
  type BidInbox,
  type DecidedBid,
  decisionEvent,
  type DecidingStore,
  type InboxAnswer,
  type LeaseClaim,
  type MarketHead,
  type MarketState,
  type MarketStatus,
  type NewBid,
  type LeasedMarket,
  type RecordOutcome,
  type RepairCommit,
  saleIn,
  type RoundCommit,
  type Wallet,
} from '#market';
import { holdOf, type Transfer, transferOf } from '#ledger';
import { at, invariant } from '#units';
import { accountLocks, accountOf, marketLock } from './accounts.js';
import { liveRowsOf } from './after-sale.js';
import { type Database, type Session, type StoredBid, type StoredEvent, type StoredMarket, writeBatch } from './database.js';
import { type Backlog, noteTurns, readBacklog } from './backlog.js';
import { recordHits } from './record-hits.js';
import type { Process } from './scheduler.js';
import { headOf, newsOf, rowsOf, stateOf } from './states.js';

/** Bids get their ids before they are visible, so that ids become visible out of order. */
export function inboxOf(database: Database, process: Process): BidInbox {
  const insert = async (bids: readonly NewBid[]): Promise<InboxAnswer[]> => {
    const session = database.open(process);
    const { fresh, answers } = await database.statement(session, [], () => snapshot(database, bids));
    const stored = await database.statement(session, [], () => fresh.map((bid) => bid && store(database, bid)));
    const raced = bids.filter((_, index) => answers[index] === undefined && stored[index] === undefined);
    const later = raced.length > 0 ? await insert(raced) : [];
    return answers.map((answer, index) => answer ?? stored[index] ?? (later.shift() as InboxAnswer));
  };
  return { insert };
}

const keyOf = ({ organisationId, idempotencyKey }: NewBid): string => `${organisationId} ${idempotencyKey}`;

interface Snapshot {
  /** Undefined where the bid is to be stored. */
  readonly answers: readonly (InboxAnswer | undefined)[];
  readonly fresh: readonly (StoredBid | undefined)[];
}

function snapshot(database: Database, bids: readonly NewBid[]): Snapshot {
  const answers = bids.map((bid): InboxAnswer | undefined => {
    const before = database.bidByKey.get(keyOf(bid));
    if (before) return isSame(before, bid) ? { kind: 'queued', bidId: before.bidId, replayed: true } : { kind: 'key_reused' };
    return statusAnswer(database.markets.get(bid.marketId)?.status);
  });
  return { answers, fresh: bids.map((bid, index) => (answers[index] ? undefined : { ...bid, bidId: database.nextBidId++ })) };
}

const statusAnswer = (status: MarketStatus | undefined): InboxAnswer | undefined => {
  if (status === undefined) return { kind: 'market_unknown' };
  return status === 'open' ? undefined : { kind: status === 'closed' ? 'market_closed' : 'market_paused' };
};

const isSame = (one: NewBid, other: NewBid): boolean =>
  one.marketId === other.marketId && Buffer.compare(one.requestHash, other.requestHash) === 0;

/** @returns undefined where another session has stored the key meanwhile. */
function store(database: Database, bid: StoredBid): InboxAnswer | undefined {
  if (database.bidByKey.has(keyOf(bid))) return undefined;
  database.bidByKey.set(keyOf(bid), bid);
  database.bids.set(bid.bidId, bid);
  database.market(bid.marketId).undecided.add(bid.bidId);
  return { kind: 'queued', bidId: bid.bidId, replayed: false };
}

/** Opening is a look and a taking: what is looked at may be old by the time that the leases are taken. */
export function decidingStoreOf(database: Database, process: Process): DecidingStore {
  const alone = <T>(work: () => T): Promise<T> => database.statement(database.open(process), [], work);
  return {
    leaseAndRead: async (marketIds, claim, limit) => {
      const all = [...marketIds].sort((a, b) => (a < b ? -1 : 1));
      const ids = all.filter((id) => database.markets.has(id));
      const seen = await alone(() =>
        ids.map((id) => ({ head: headOf(database.market(id)), ...readBacklog(database, id, { ...claim, limit }) })),
      );
      const bidderIds = new Set(seen.flatMap(({ bids }) => bids.map(({ organisationId }) => organisationId)));
      const wallets = await alone(() => [...bidderIds].map((id) => walletOf(database, id)));
      const epochs = await alone(() => ids.map((id) => lease(database, database.market(id), claim)));
      const opened = new Map(ids.map((marketId, index) => [marketId, openedOf(marketId, epochs[index], seen[index])]));
      return { markets: all.map((marketId) => opened.get(marketId) ?? { kind: 'market_unknown', marketId }), wallets };
    },
    renew: (leases, { owner, leaseMs }) =>
      alone(() => {
        for (const { marketId, epoch } of leases) {
          const market = database.market(marketId);
          const isHeld = market.lease?.owner === owner && market.lease.epoch === epoch && market.lease.untilMs > -Infinity;
          if (isHeld) market.lease = { epoch, owner, untilMs: database.scheduler.nowMs + leaseMs };
        }
      }),
    loadState: (marketId) => alone(() => seenState(database, marketId)),
    loadRows: (marketId) => alone(() => rowsOf(seenState(database, marketId))),
    newsSince: (marketId, sequence) => alone(() => newsOf(database.market(marketId), sequence)),
    readBudgets: () => alone(() => ({ budgets: [], calendars: [], keys: [] })),
    record: (turn) => database.atOnce(process, locksOf(turn), (session) => write(database, session, turn)),
    held: (marketId, idleMs, work) =>
      database.transaction(process, idleMs, async (session) => {
        await database.statement(session, [marketLock(marketId)], () => undefined);
        return work({
          lockWallets: (ids) =>
            database.statement(session, accountLocks(ids.map((id) => accountOf(id, 'wallet'))), () =>
              ids.map((id) => walletOf(database, id)),
            ),
          record: (turn) => database.statement(session, locksOf(turn), () => write(database, session, turn)),
          live: (bidId) =>
            database.statement(session, [], () => liveRowsOf(database, database.market(marketId)).find((row) => row.bidId === bidId)),
          recordChange: (cancelled, turn) =>
            database.statement(session, locksOf(turn), () => writeChange(database, session, { cancelled, turn })),
        });
      }),
    release: (marketIds, owner) =>
      alone(() => {
        for (const market of marketIds.map((id) => database.market(id))) if (market.lease?.owner === owner) endLease(market);
      }),
  };
}

const seenState = (database: Database, marketId: bigint): MarketState => ({
  ...stateOf(database.market(marketId)),
  ...(database.sabotage === 'forgets windows' && { windows: [] }),
});

const locksOf = ({ batches, payers }: RoundCommit): string[] => [
  ...batches.map(({ marketId }) => marketLock(marketId)),
  ...accountLocks(payers.flatMap(({ wallet }) => [wallet.walletId, wallet.escrowId])),
];

/** @returns the epoch, or undefined where another worker has the market. */
function lease(database: Database, market: StoredMarket, { owner, leaseMs }: LeaseClaim): bigint | undefined {
  const { nowMs } = database.scheduler;
  if (market.lease && market.lease.owner !== owner && market.lease.untilMs > nowMs) return undefined;
  const epoch = (market.lease?.epoch ?? 0n) + (market.lease?.owner === owner ? 0n : 1n);
  market.lease = { epoch, owner, untilMs: nowMs + leaseMs };
  return epoch;
}

const openedOf = (marketId: bigint, epoch: bigint | undefined, seen: Backlog & { readonly head: MarketHead }): LeasedMarket =>
  epoch === undefined ? { kind: 'busy', marketId } : { kind: 'ours', marketId, epoch, ...seen };

function write(database: Database, session: Session, turn: RoundCommit): RecordOutcome[] {
  const outcomes = gate(database, turn);
  const written = turn.batches.filter((_, index) => outcomes[index] === 'recorded');
  const payers = new Set(turn.payers.map(({ wallet }) => wallet.organisationId));
  const spent = new Map<bigint, bigint>();
  for (const batch of written) {
    noteTurns(database, session, { ...batch, owner: turn.owner });
    record(database, session, { ...batch, decided: batch.decided.map((one) => withFundsLeft(database, one, { payers, spent })) });
    if (turn.lease === 'release') session.staged.push(() => endLease(database.market(batch.marketId)));
  }
  return outcomes;
}

/** A cancellation and the decision that it is for: the gate asks whether the market stands where the first of both was thought about. */
function writeChange(
  database: Database,
  session: Session,
  { cancelled, turn }: { readonly cancelled: RepairCommit; readonly turn: RoundCommit },
): RecordOutcome {
  const batch = at(turn.batches, 0);
  const outcome = at(gate(database, { ...turn, batches: [{ ...batch, sequence: batch.sequence - 1n }] }), 0);
  if (outcome !== 'recorded') return outcome;
  recordHits(database, session, cancelled);
  noteTurns(database, session, { ...batch, owner: turn.owner });
  record(database, session, batch);
  if (turn.lease === 'release') session.staged.push(() => endLease(database.market(batch.marketId)));
  return outcome;
}

/** What may be written of a turn: what Postgres asks in one statement. */
function gate(database: Database, { batches, payers, owner }: RoundCommit): RecordOutcome[] {
  if (database.sabotage === 'no gate') return batches.map(() => 'recorded');
  const stands = batches.map(({ marketId, epoch, sequence, decided }) => {
    const market = database.market(marketId);
    const isOurs = market.lease?.owner === owner && market.lease.epoch === epoch;
    return isOurs && market.sequence + BigInt(decided.length) === sequence;
  });
  const mattered = payers.some(({ wallet, slackMicros }) => {
    const change = walletOf(database, wallet.organisationId).fundsMicros - wallet.fundsMicros;
    return (change !== 0n || !stands.every(Boolean)) && slackMicros + (change < 0n ? change : 0n) < 0n;
  });
  return stands.map((one) => (one ? (mattered ? 'funds_moved' : 'recorded') : 'stale'));
}

interface Funds {
  readonly payers: ReadonlySet<bigint>;
  readonly spent: Map<bigint, bigint>;
}

/** Of a payer: what is there, less what its earlier bids of the turn take. */
function withFundsLeft(database: Database, one: DecidedBid, { payers, spent }: Funds): DecidedBid {
  const { organisationId } = one.wallet;
  if (!payers.has(organisationId)) return one;
  const before = spent.get(organisationId) ?? 0n;
  spent.set(organisationId, before + (one.decision.kind === 'accepted' ? one.decision.payment : 0n));
  return { ...one, fundsMicros: walletOf(database, organisationId).fundsMicros - before };
}

function endLease(market: StoredMarket): void {
  if (market.lease) market.lease = { ...market.lease, untilMs: -Infinity };
}

function walletOf(database: Database, organisationId: bigint): Wallet {
  const accounts = { walletId: accountOf(organisationId, 'wallet'), escrowId: accountOf(organisationId, 'escrow') };
  return { organisationId, ...accounts, fundsMicros: database.ledger.accounts.get(accounts.walletId)?.balance ?? 0n };
}

/** Postgres' part of the laws: rows that are there, the sequence, usage within capacity, no account below zero. */
function record(database: Database, session: Session, batch: BatchRecord): void {
  const market = database.market(batch.marketId);
  const { decided, usage, capacityMilli } = batch;
  if (database.sabotage !== 'no gate') {
    invariant(
      decided.every(({ bidId }) => market.undecided.has(bidId)),
      'every bid that is decided was undecided',
    );
  }
  for (const { usedMilli, capacityMilli: own = capacityMilli } of usage)
    invariant(
      usedMilli.every((used, cell) => used <= own[cell]),
      'nothing is oversold',
    );
  const holds = decided.flatMap(holdsOf);
  const booked = database.sabotage === 'holds nothing' ? 'applied' : database.stageTransfers(session, holds);
  invariant(booked === 'applied', `holds are booked: ${booked}`);
  session.staged.push(...writeBatch(database, market, batch, decided.map(eventOf)));
}

function holdsOf(decided: DecidedBid): Transfer[] {
  const sale = saleIn(decided);
  const held = sale && holdOf(sale);
  return held ? [transferOf(held, accountOf)] : [];
}

const eventOf = (decided: DecidedBid): StoredEvent => ({
  sequence: decided.sequence,
  organisationId: decided.wallet.organisationId,
  event: decisionEvent(decided),
});

/** The market, where it is there and belongs to that operator. */
export function ownedMarket({ markets }: Database, marketId: bigint, operatorId: bigint): StoredMarket | undefined {
  const market = markets.get(marketId);
  return market?.operatorId === operatorId ? market : undefined;
}

/** The next entry of a market's log, from a transaction that holds the market. */
export function append(market: StoredMarket, event: LogEvent): void {
  market.sequence += 1n;
  market.events.push({ sequence: market.sequence, organisationId: null, event });
}
