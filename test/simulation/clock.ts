import { deliver, type Transfer, transferOf } from '#ledger';
import type { ClockStore, MarketHead } from '#market';
import { invariant } from '#units';
import type { Database, Session, StoredMarket } from './database.js';
import { isBeingRepaired, liveRowsOf, standingIn } from './after-sale.js';
import { accountLocks, accountOf, marketLock } from './accounts.js';
import { append, ownedMarket } from './ports.js';
import type { Process } from './scheduler.js';
import { headOf } from './states.js';

export function clockStoreOf(database: Database, process: Process): ClockStore {
  const alone = <T>(work: () => T): Promise<T> => database.statement(database.open(process), [], work);
  return {
    findOwned: (marketId, organisationId) =>
      alone(() => {
        const market = ownedMarket(database, marketId, organisationId);
        return market && { ...headOf(market), horizonSlots: market.terms.horizonSlots };
      }),
    undecidedCount: (marketId) => alone(() => database.market(marketId).undecided.size),
    lastUndecided: (marketId) => alone(() => [...database.market(marketId).undecided].reduce<bigint | undefined>(maxOf, undefined)),
    hasUndecidedUpTo: (marketId, bidId) => alone(() => [...database.market(marketId).undecided].some((id) => id <= bidId)),
    realtimeMarkets: () =>
      alone(() =>
        [...database.markets.values()]
          .filter((market) => market.clock === 'realtime' && (market.status !== 'closed' || hasSlotsToRun(database, market)))
          .map(({ marketId, slot }) => ({ marketId, openedAtMs: 0, slotMinutes: 1, slot })),
      ),
    advance: (marketId, slot) =>
      database.transaction(process, Infinity, async (session) => {
        const head = await database.statement(session, [marketLock(marketId)], () => {
          const market = database.markets.get(marketId);
          return market && headOf(market);
        });
        if (!head) return undefined;
        if (head.slot >= slot) return head.slot;
        if (isBeingRepaired(database.market(marketId))) return 'held';
        await advance(database, session, head, slot);
        return head.slot;
      }),
  };
}

/** Slots that ran are before the market's; later ones, whatever they cost, are still to run. */
const hasSlotsToRun = (database: Database, market: StoredMarket): boolean => liveRowsOf(database, market).length > 0;

const maxOf = (most: bigint | undefined, id: bigint): bigint => (most === undefined || id > most ? id : most);

function advance(database: Database, session: Session, head: MarketHead, slot: number): Promise<void> {
  const market = database.market(head.marketId);
  const delivered = deliveriesOf(database, market, slot);
  const locks = accountLocks(delivered.flatMap(({ debitId, creditId }) => [debitId, creditId]));
  return database.statement(session, locks, () => {
    invariant(market.sequence === head.sequence && market.slot === head.slot, 'a locked market stands where it was read');
    const booked = database.stageTransfers(session, delivered, head.sequence + 1n);
    invariant(booked === 'applied', `what has run is booked: ${booked}`);
    session.staged.push(
      () => append(market, { kind: 'clock_advanced', payload: { from: head.slot, slot } }),
      () => (market.slot = slot),
    );
  });
}

/** What moves as the clock goes on from where it stands: what slots cost that have run is retained, and earned with the last one. */
function deliveriesOf(database: Database, market: StoredMarket, slot: number): Transfer[] {
  const movements = liveRowsOf(database, market).flatMap((row) => deliver(standingIn(market, row), slot).movements);
  return movements.map((movement) => transferOf(movement, accountOf));
}
