import {
  type BeatStore,
  type CancellationStore,
  type HitRecord,
  type RepairCommit,
  type RepairStore,
  type SeenAllocation,
  type UnitOfWork,
  type WatchedSite,
  type WindowsTx,
} from '#market';
import { heartbeatsOf } from '#log';
import { invariant } from '#units';
import { endOf, isBeingRepaired, liveRowsOf, marketThen, windowsIn } from './after-sale.js';
import { catalogueTx } from './catalogue.js';
import type { Database, Session, StoredMarket, StoredWindow } from './database.js';
import { accountLocks, accountOf, marketLock } from './accounts.js';
import { recordHits } from './record-hits.js';
import type { Process } from './scheduler.js';
import { rowsOf, stateOf } from './states.js';

const alone = <T>(database: Database, process: Process, work: () => T): Promise<T> => database.statement(database.open(process), [], work);

/** What is opened and closed of windows. */
export function windowsWorkOf(database: Database, process: Process): UnitOfWork<WindowsTx> {
  const run = <T>(work: (tx: WindowsTx) => Promise<T>): Promise<T> =>
    database.transaction(process, Infinity, (session) => work(windowsTx(database, session)));
  return { transaction: run, read: run };
}

function windowsTx(database: Database, session: Session): WindowsTx {
  const look = <T>(work: () => T): Promise<T> => database.statement(session, [], work);
  const own: Omit<WindowsTx, 'lockMarket' | 'isBeingRepaired' | 'listSites' | 'appendEvent' | 'setUsageCapacity'> = {
    listWindows: (marketId, fromSlot) => look(() => windowsIn(database.market(marketId)).filter((window) => reaches(window, fromSlot))),
    listUsage: (marketId, fromSlot) =>
      look(() =>
        [...database.market(marketId).usage]
          .filter(([slot]) => slot >= fromSlot)
          .map(([slot, { usedMilli }]) => ({ slot, usedMilli }))
          .sort((a, b) => a.slot - b.slot),
      ),
    insertWindow: (window) =>
      look(() => {
        const windowId = database.nextWindowId++;
        session.staged.push(() => void database.market(window.marketId).windows.push({ ...window, windowId }));
        return { windowId, createdAt: new Date(0) };
      }),
    findWindow: (marketId, windowId) =>
      look(() => windowsIn(database.market(marketId)).find((window) => window.windowId === windowId.toString())),
    closeWindow: () => look(() => undefined), // the log says which windows are closed
  };
  return { ...(catalogueTx(database, session) as WindowsTx), ...own };
}

const reaches = ({ to, closedAt, taken }: ReturnType<typeof windowsIn>[number], fromSlot: number): boolean =>
  (to === null || to > fromSlot) && (closedAt === null || closedAt > fromSlot || taken.includes(fromSlot));

/** Those whom windows have hit. */
export function repairStoreOf(database: Database, process: Process): RepairStore {
  const loadAny = (marketId: bigint) => {
    const market = database.market(marketId);
    return { rows: rowsOf(stateOf(market)), live: liveRowsOf(database, market) };
  };
  return {
    due: () => alone(database, process, () => [...database.markets.values()].filter(isBeingRepaired).map(({ marketId }) => marketId)),
    load: (marketId) =>
      alone(database, process, () => {
        const due = windowsIn(database.market(marketId)).find(({ isSettled }) => !isSettled);
        const window = due && storedWindow(database.market(marketId), due.windowId);
        return window && { ...loadAny(marketId), window: { windowId: window.windowId, cause: window.cause } };
      }),
    loadAny: (marketId) => alone(database, process, () => loadAny(marketId)),
    then: (marketId, sequence) => alone(database, process, () => marketThen(database, database.market(marketId), sequence)),
    record: (commit) =>
      database.atOnce(process, locksOf(commit), (session) => {
        if (database.sabotage !== 'repairs without a fence' && database.market(commit.marketId).sequence !== commit.before) return false;
        recordHits(database, session, commit);
        return true;
      }),
  };
}

function storedWindow({ windows }: StoredMarket, windowId: string): StoredWindow {
  const window = windows.find((one) => one.windowId.toString() === windowId);
  invariant(window !== undefined, 'a window that is in the log is stored');
  return window;
}

const locksOf = ({ marketId, records }: RepairCommit): string[] => [
  marketLock(marketId),
  ...accountLocks(
    records.flatMap(({ movements }) => movements.flatMap(({ from, to }) => [from, to].map((end) => accountOf(end.ownerId, end.kind)))),
  ),
];

/** What bidders give back. */
export function cancellationStoreOf(database: Database, process: Process, idleMs: number): CancellationStore {
  const see = (organisationId: bigint, bidId: bigint): SeenAllocation | undefined => {
    const decided = database.decisions.find((one) => one.bidId === bidId && one.decision.kind === 'accepted');
    if (!decided || decided.wallet.organisationId !== organisationId) return undefined;
    const market = database.market(decided.marketId);
    return {
      rows: rowsOf(stateOf(market)),
      live: liveRowsOf(database, market).find((row) => row.bidId === bidId),
      ended: endOf(market, bidId)?.ending?.ending,
      isBeingRepaired: isBeingRepaired(market),
    };
  };
  return {
    find: (organisationId, bidId) => alone(database, process, () => see(organisationId, bidId)),
    held: (organisationId, bidId, work) =>
      database.transaction(process, idleMs, async (session) => {
        const marketId = database.bids.get(bidId)?.marketId;
        if (marketId !== undefined) await database.statement(session, [marketLock(marketId)], () => undefined);
        const seen = await database.statement(session, [], () => see(organisationId, bidId));
        return work(seen, (commit) =>
          database.statement(session, locksOf(commit), () => {
            invariant(database.market(commit.marketId).sequence === commit.before, 'the log of a market that is held stands still');
            recordHits(database, session, commit);
          }),
        );
      }),
  };
}

/** When sites were heard. Every site has an agent. */
export function beatStoreOf(database: Database, process: Process): BeatStore {
  return {
    beat: (siteId) =>
      alone(database, process, () => {
        const market = [...database.markets.values()].find(({ sites }) => sites.some(({ id }) => id === siteId.toString()));
        invariant(market !== undefined, 'a site that is heard is of a market');
        const { nowMs } = database.scheduler;
        const heartbeats = heartbeatsOf(market.terms.terms);
        const everyMs = heartbeats.everySeconds * 1_000;
        const last = market.beats.get(siteId.toString());
        if (last && nowMs - last.atMs < everyMs / 2) return { streak: last.streak, ...heartbeats };
        const streak = last && nowMs - last.atMs < 1.5 * everyMs ? last.streak + 1 : 1;
        market.beats.set(siteId.toString(), { atMs: nowMs, streak });
        return { streak, ...heartbeats };
      }),
    watched: () =>
      alone(database, process, () =>
        [...database.markets.values()]
          .filter(({ status }) => status !== 'closed')
          .flatMap((market) => watchedIn(market, database.scheduler.nowMs))
          .filter(
            ({ windowId, silentMs, heartbeats: { everySeconds, missedMax } }) =>
              windowId !== null || silentMs > everySeconds * missedMax * 1_000,
          ),
      ),
  };
}

function watchedIn(market: StoredMarket, nowMs: number): WatchedSite[] {
  const { marketId, operatorId } = market;
  const open = windowsIn(market).filter(({ closedAt, to }) => closedAt === null && to === null);
  return [...market.beats].map(([siteId, { atMs, streak }]) => {
    const ours = open
      .map(({ windowId }) => storedWindow(market, windowId))
      .filter((one) => one.siteId?.toString() === siteId && one.openedBy === 'heartbeats');
    return {
      siteId: BigInt(siteId),
      marketId,
      operatorId,
      silentMs: nowMs - atMs,
      streak,
      windowId: ours.at(-1)?.windowId ?? null,
      heartbeats: heartbeatsOf(market.terms.terms),
    };
  });
}

/** What the log says of those whom a window hit, in its order. */
export function hitsOf({ events, windows, hits }: StoredMarket, windowId: bigint): readonly HitRecord[] {
  const opened = windows.find((window) => window.windowId === windowId)?.sequence ?? 0n;
  const settled = events.find(({ event }) => event.kind === 'window_settled' && event.payload.windowId === windowId)?.sequence;
  return hits.filter(({ sequence }) => sequence > opened && (settled === undefined || sequence < settled));
}
