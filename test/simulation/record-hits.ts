import { transferOf } from '#ledger';
import type { RepairCommit } from '#market';
import { invariant } from '#units';
import { accountOf } from './accounts.js';
import { endOf } from './after-sale.js';
import type { Database, Session } from './database.js';

/** Postgres' part of the laws: money that is there, one end of an allocation, usage within capacity. */
export function recordHits(database: Database, session: Session, { marketId, before, records, usage }: RepairCommit): void {
  const market = database.market(marketId);
  for (const { sequence, movements, bidId, ending } of records) {
    const booked = database.stageTransfers(
      session,
      movements.map((movement) => transferOf(movement, accountOf)),
      sequence,
    );
    invariant(booked === 'applied', `what comes back is booked: ${booked}`);
    invariant(!ending || bidId === null || !endOf(market, bidId), 'an allocation ends once');
  }
  for (const { usedMilli, capacityMilli } of usage)
    invariant(
      usedMilli.every((used, cell) => used >= 0 && used <= capacityMilli[cell]),
      'nothing is oversold by a repair',
    );
  session.staged.push(() => {
    market.hits.push(...records.filter(({ bidId }) => bidId !== null));
    for (const { slot, usedMilli, capacityMilli } of usage) market.usage.set(slot, { usedMilli, capacityMilli });
    market.events.push(...records.map(({ sequence, organisationId, event }) => ({ sequence, organisationId, event })));
    market.sequence = before + BigInt(records.length);
  });
}
