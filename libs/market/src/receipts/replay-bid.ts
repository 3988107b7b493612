import type { Sale } from '#ledger';
import { type Schedule, type TrainingOracle, validateSchedule } from '#kinds';
import { usageOf } from '#mechanism';
import { invariant } from '#units';
import { type BidBody, toBid } from '../bid-body.js';
import { arrivalOf, type OpenBook } from '../book/index.js';
import { decideBatch, decisionEvent, Purses, saleIn, type BatchRecord, type DecidedBid, type QueuedBid } from '../deciding/index.js';
import { allocationRow, decisionRow, differences, eventColumns, placementRow } from './expected-rows.js';
import { type Finding, jsonOf, type LogRecord, type Row } from './rows.js';

export type BidReplay =
  | { readonly kind: 'findings'; readonly findings: Finding[] }
  | {
      readonly kind: 'same';
      /** The book after the decision. */
      readonly open: OpenBook;
      readonly usage: BatchRecord['usage'];
      readonly capacityMilli: readonly number[];
      /** What the bid has bought, if it was accepted. */
      readonly sale: Sale | undefined;
    };

/** Decides a bid again on the book as it stands, and holds every row that was written against that. */
export function replayBid(open: OpenBook, record: LogRecord, oracle: TrainingOracle): BidReplay {
  const { bid, decision, sequence } = record;
  const { marketId } = open.state.head;
  if (!bid || !decision)
    return { kind: 'findings', findings: differences(sequence, 'decision', undefined, { bid_id: bidNamedBy(record), sequence }) };
  const early = [...differences(sequence, 'bid', bid, { id: decision.bid_id, market_id: marketId }), ...bodyFindings(open, bid, sequence)];
  if (early.length > 0) return { kind: 'findings', findings: early };
  const invalid = scheduleFindings(open, record); // before the book is changed
  const again = decideAgain(open, queuedIn(bid), { funds: decision.funds_micros, oracle });
  const [decided] = again.record.decided;
  const sale = saleIn(decided);
  const findings = [...rowFindings(record, decided, { marketId, sale }), ...invalid];
  if (findings.length > 0) return { kind: 'findings', findings };
  const { usage, capacityMilli } = again.record;
  const state = { ...open.state, priceVersion: again.priceVersion, head: { ...open.state.head, sequence } };
  return { kind: 'same', open: { state, book: open.book }, usage, capacityMilli, sale };
}

const bidNamedBy = ({ event }: LogRecord): string => (jsonOf(event.payload) as { bidId?: string } | undefined)?.bidId ?? 'unknown';

const queuedIn = (bid: Row): QueuedBid => ({
  bidId: BigInt(bid.id ?? 0),
  organisationId: BigInt(bid.organisation_id ?? 0),
  body: jsonOf(bid.body) as BidBody,
});

/** A body that cannot be read is none that was acknowledged. In a closed market bodies are not read. */
function bodyFindings(open: OpenBook, bid: Row, sequence: bigint): Finding[] {
  const { sites, resources, head } = open.state;
  const detail = (faults: string): Finding[] => [{ sequence, table: 'bid', key: `id ${bid.id}`, detail: `body ${faults}` }];
  const body = jsonOf(bid.body);
  if (!isBody(body)) return detail('is no bid');
  if (head.status === 'closed') return [];
  const reading = toBid(body, { sites, resources });
  return reading.kind === 'bid' ? [] : detail(`cannot be read: ${reading.faults[0].path} ${reading.faults[0].message}`);
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function isBody(value: unknown): value is BidBody {
  if (!isObject(value)) return false;
  const { chunks, worker, ps, valuation } = value as Record<keyof BidBody, unknown>;
  return [chunks, worker, ps, valuation].every(isObject);
}

/** The schedule as it is stored, against V1-V6 and what was sold before. */
function scheduleFindings(open: OpenBook, { sequence, bid, decision, placements }: LogRecord): Finding[] {
  if (!bid || decision?.outcome !== 'accepted') return [];
  const { head, sites, resources, horizonSlots } = open.state;
  const reading = toBid(jsonOf(bid.body) as BidBody, { sites, resources });
  invariant(reading.kind === 'bid', 'the body was read before');
  const violations = validateSchedule({
    spec: open.book.spec,
    usage: (slot) => (slot >= head.slot && slot < head.slot + horizonSlots ? usageOf(open.book, slot) : []),
    job: reading.bid.job,
    arrival: arrivalOf(head),
    schedule: placements.map(planIn),
    completion: Number(decision.completion),
    horizonEnd: head.slot + horizonSlots,
  });
  return violations.slice(0, 1).map(({ rule, slot, detail }) => ({
    sequence,
    table: 'placement',
    key: `bid_id ${bid.id}${slot === undefined ? '' : `, slot ${slot}`}`,
    detail: `breaks ${rule}: ${detail}`,
  }));
}

function planIn(row: Row): Schedule[number] {
  const numbers = (column: string): number[] => (jsonOf(row[column]) as number[] | undefined) ?? [];
  const moves = numbers('moves');
  return {
    slot: Number(row.slot),
    ps: Number(row.ps),
    workers: numbers('workers'),
    home: numbers('home'),
    moves: Array.from({ length: Math.floor(moves.length / 3) }, (_, index) => {
      const [home, place, chunks] = moves.slice(3 * index);
      return { home, place, chunks };
    }),
  };
}

interface Again {
  readonly funds: string | null;
  readonly oracle: TrainingOracle;
}

/** A batch of one: batches of any size decide the same. */
function decideAgain(open: OpenBook, bid: QueuedBid, { funds, oracle }: Again): { record: BatchRecord; priceVersion: bigint } {
  const wallet = { organisationId: bid.organisationId, walletId: 0n, escrowId: 0n, fundsMicros: BigInt(funds ?? 0) };
  const again = decideBatch({ open, epoch: 0n, bids: [bid], purses: new Purses([wallet]), oracle, mayGoOn: () => true });
  invariant(again.record.decided.length === 1, 'one bid, one decision');
  return again;
}

/** The first row that does not say what the decision says. */
function rowFindings(
  record: LogRecord,
  decided: DecidedBid,
  { marketId, sale }: { readonly marketId: bigint; readonly sale: Sale | undefined },
): Finding[] {
  const { sequence, event, decision: row, allocation, placements } = record;
  const { bidId, decision, wallet } = decided;
  const own = [
    ...differences(sequence, 'decision', row, decisionRow(marketId, decided)),
    ...differences(sequence, 'event', event, {
      ...eventColumns(decisionEvent(decided)),
      organisation_id: wallet.organisationId,
    }),
  ];
  if (own.length > 0) return own;
  if (decision.kind === 'refused' || !sale) {
    const stray = allocation ?? placements.at(0);
    return stray ? [{ sequence, table: 'allocation', key: `bid_id ${bidId}`, detail: 'a refused bid got something' }] : [];
  }
  const bySlot = new Map(placements.map((placement) => [placement.slot, placement]));
  const extra = placements.length - decision.plan.length;
  return [
    ...differences(sequence, 'allocation', allocation, allocationRow(marketId, bidId, decision)),
    ...decision.plan.flatMap((plan) =>
      differences(sequence, 'placement', bySlot.get(plan.slot.toString()), placementRow(marketId, sale, plan)),
    ),
    ...(extra > 0
      ? [{ sequence, table: 'placement' as const, key: `bid_id ${bidId}`, detail: `${extra} more than the schedule has` }]
      : []),
  ];
}
