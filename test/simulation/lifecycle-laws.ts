import { leftOf } from '#market';
import { windowsIn } from './after-sale.js';
import type { OpenedWindow } from './acts.js';
import type { Database, StoredDecision, StoredMarket } from './database.js';
import { hitsOf } from './lifecycle.js';
import type { CancelAck } from './second-thoughts.js';
import type { World } from './world.js';

/** What must hold of windows and of what was given back, beside what the verifier finds out. */
export const lifecycleProblems = ({ database, previewed, cancelled }: World): string[] => [
  ...previewed.flatMap((opened) => previewProblems(database, opened)),
  ...cancelled.flatMap((ack) => cancelProblems(database, ack)),
  ...database.decisions.flatMap((decided) => changeProblems(database, decided)),
  ...[...database.markets.values()].flatMap(soldProblems),
];

/** A window that was opened as previewed did that, and nothing else. */
function previewProblems(database: Database, { marketId, windowId, impact }: OpenedWindow): string[] {
  const did = hitsOf(database.market(marketId), windowId).map(({ bidId, event, revision }) => ({
    bidId,
    outcome: event.kind,
    completion: revision?.completion ?? null,
    returned: 'returnedMicros' in event.payload ? event.payload.returnedMicros : 0n,
  }));
  const said = impact.hits.map(({ bidId, outcome, completion, returned }) => ({
    bidId,
    outcome: `allocation_${outcome}`,
    completion,
    returned,
  }));
  const text = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
  return text(did) === text(said) ? [] : [`window ${windowId} did ${text(did)}, its preview said ${text(said)}`];
}

/** What a bidder was told to have given back is in the log, once, with what it was told to come back. */
function cancelProblems(database: Database, { bidId, sequence, returned }: CancelAck): string[] {
  const ends = [...database.markets.values()].flatMap(({ hits }) => hits.filter((hit) => hit.bidId === bidId && hit.ending));
  const [end] = ends;
  const isTold = end?.sequence === sequence && end.event.kind === 'allocation_cancelled' && end.event.payload.returnedMicros === returned;
  return isTold && ends.length === 1
    ? []
    : [`bid ${bidId} was told to be cancelled by entry ${sequence}; it has ended ${ends.length} times`];
}

/** What was changed has ended with the entry before the decision; of what was to be changed by a bid that was refused nothing has ended with that. */
function changeProblems(database: Database, { bidId, marketId, sequence, decision, links }: StoredDecision): string[] {
  if (links?.replaces === undefined) return [];
  const ends = database.market(marketId).hits.filter((hit) => hit.bidId === links.replaces && hit.ending);
  const isEndedForIt = ends.some((end) => end.sequence === sequence - 1n && end.event.kind === 'allocation_cancelled');
  if (decision.kind === 'accepted')
    return isEndedForIt && ends.length === 1 ? [] : [`bid ${bidId} was accepted for ${links.replaces}, which stays`];
  const returns = database.transfers.some((moved) => moved.transfer.kind === 'hold' && moved.transfer.bidId === bidId);
  return returns ? [`bid ${bidId} was refused, and something is held for it`] : [];
}

/** Of what is withdrawn nothing is sold once those whom it hit were dealt with: not to others either, once it is put on sale again. */
function soldProblems(market: StoredMarket): string[] {
  const { marketId, terms, sites, usage, slot: now } = market;
  const own = [Number(terms.bandwidthKb), ...sites.flatMap(({ capacityMilli }) => capacityMilli)];
  return [...usage].flatMap(([slot, { usedMilli }]) => {
    const left = leftOf(own, windowsIn(market), slot, terms);
    return slot >= now && usedMilli.some((used, cell) => used > left[cell])
      ? [`market ${marketId}: withdrawn capacity of slot ${slot} is sold`]
      : [];
  });
}
