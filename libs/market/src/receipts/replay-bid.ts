import type { Sale } from '#ledger';
import type { BidBody, KindBid, Kinds } from '#kinds';
import { type BudgetCap, budgetCaps, UnreadableEntry } from '#log';
import { capacityOf, type Refusal, usageOf } from '#mechanism';
import { at, invariant } from '#units';
import { arrivalOf, type OpenBook } from '../book/index.js';
import { chargesOf } from '../budgets/index.js';
import { decideBatch, decisionEvent, FundsTracker, saleIn, type BatchRecord, type DecidedBid, type QueuedBid } from '../deciding/index.js';
import { budgetFindings } from './budget-findings.js';
import { allocationRow, decisionRow, differences, eventColumns, FIRST_REVISION, placementRow } from './expected-rows.js';
import { isChange } from '../lifecycle/change.js';
import type { BegunAgain, Bought, LiveSales } from './replay-hits.js';
import { type Finding, jsonOf, type LogRecord, type Row } from './rows.js';

/** What came of deciding a bid again. */
export type BidReplay =
  | { readonly kind: 'findings'; readonly findings: Finding[] }
  | {
      readonly kind: 'same';
      /** The book after the decision. */
      readonly open: OpenBook;
      readonly usage: BatchRecord['usage'];
      readonly capacityMilli: readonly number[];
      /** What the bid has bought, if it was accepted. */
      readonly bought: Bought | undefined;
      /** Whether the book is what it was before, or after, the decision; it is not after a change that was refused. */
      readonly isBookKept: boolean;
    };

/** What bids are decided again with. */
interface ReplayParts {
  readonly kinds: Kinds;
  readonly live: Pick<LiveSales, 'beginChange'>;
}

/** Decides a bid again on the book as it stands, and holds every row that was written against that. */
export function replayBid(open: OpenBook, record: LogRecord, { kinds, live }: ReplayParts): BidReplay {
  const { bid, decision, sequence } = record;
  const { marketId } = open.state.head;
  if (!bid || !decision)
    return { kind: 'findings', findings: differences(sequence, 'decision', undefined, { bid_id: bidNamedBy(record), sequence }) };
  const early = differences(sequence, 'bid', bid, { id: decision.bid_id ?? null, market_id: marketId });
  if (early.length > 0) return { kind: 'findings', findings: early };
  const read = readBody(open, bid, { sequence, kinds });
  if (read.kind === 'findings') return read;
  const invalid = read.bid ? planFindings(open, record, read.bid) : []; // before the book is changed
  const seen = capsSeen(decision, sequence);
  if (seen.kind === 'findings') return seen;
  const queued = { ...queuedIn(bid), body: read.body };
  const isAccepted = decision.outcome === 'accepted';
  const begun = read.bid && isChange(queued) ? live.beginChange(open, queued, { sequence, isAccepted }) : NO_CHANGE;
  if (begun.kind === 'fault')
    return { kind: 'findings', findings: [{ sequence, table: 'allocation', key: `bid_id ${bid.id}`, detail: begun.detail }] };
  const refusal = begun.kind === 'refused' ? begun.refusal : undefined;
  const again = decideAgain(open, queued, { funds: decision.funds_micros ?? null, caps: seen.caps, kinds, refusal });
  const decided = at(again.record.decided, 0);
  const sale = saleIn(decided);
  const findings = [...rowFindings(record, decided, { marketId, sale }), ...invalid];
  if (findings.length > 0) return { kind: 'findings', findings };
  const { usage, capacityMilli } = again.record;
  const state = { ...open.state, priceVersion: again.priceVersion, head: { ...open.state.head, sequence } };
  const bought = sale && { decided, body: read.body, sale };
  return { kind: 'same', open: { state, book: open.book }, usage, capacityMilli, bought, isBookKept: isAccepted || begun === NO_CHANGE };
}

const NO_CHANGE: BegunAgain = { kind: 'begun' };

const bidNamedBy = ({ event }: LogRecord): string => (jsonOf(event.payload) as { bidId?: string } | undefined)?.bidId ?? 'unknown';

const queuedIn = (bid: Row): Omit<QueuedBid, 'body'> => ({
  bidId: BigInt(bid.id ?? 0),
  organisationId: BigInt(bid.organisation_id ?? 0),
});

/** A stored body; its bid, unless the market was closed: then bodies are not read. */
type BodyRead =
  | { readonly kind: 'findings'; readonly findings: Finding[] }
  | { readonly kind: 'body'; readonly body: BidBody; readonly bid: KindBid | undefined };

/** A body that cannot be read is none that was acknowledged. */
function readBody(open: OpenBook, bid: Row, { sequence, kinds }: { readonly sequence: bigint; readonly kinds: Kinds }): BodyRead {
  const { sites, resources, head } = open.state;
  const found = (detail: string): BodyRead => ({
    kind: 'findings',
    findings: [{ sequence, table: 'bid', key: `id ${bid.id}`, detail: `body ${detail}` }],
  });
  const body = jsonOf(bid.body);
  if (!kinds.hasForm(body)) return found('is no bid');
  if (head.status === 'closed') return { kind: 'body', body, bid: undefined };
  const reading = kinds.parse(body, { sites, resources });
  if (reading.kind === 'faults') return found(`cannot be read: ${at(reading.faults, 0).path} ${at(reading.faults, 0).message}`);
  return { kind: 'body', body, bid: reading.bid };
}

/** The plan as it is stored, against the rules of its kind and what was sold before. */
function planFindings(open: OpenBook, { sequence, decision, allocation }: LogRecord, { kind, job }: KindBid): Finding[] {
  if (decision?.outcome !== 'accepted' || !allocation) return [];
  const { head, horizonSlots } = open.state;
  const key = `bid_id ${allocation.bid_id}`;
  const plan = kind.plan.read(jsonOf(allocation.plan));
  if (plan === undefined) return [{ sequence, table: 'allocation', key, detail: `plan is none of the kind ${kind.name}` }];
  const violations = kind.validate({
    spec: open.book.spec,
    usage: (slot) => (slot >= head.slot && slot < head.slot + horizonSlots ? usageOf(open.book, slot) : []),
    ...(open.state.windows?.length && { capacity: (slot: number) => capacityOf(open.book, slot) }),
    job,
    arrival: arrivalOf(head),
    plan,
    completion: Number(decision.completion),
    horizonEnd: head.slot + horizonSlots,
  });
  return violations.slice(0, 1).map(({ rule, slot, detail }) => ({
    sequence,
    table: 'allocation',
    key: `${key}${slot === undefined ? '' : `, slot ${slot}`}`,
    detail: `breaks ${rule}: ${detail}`,
  }));
}

/** What budgets left, as the decision says; undefined where none counted the bid. */
function capsSeen(
  decision: Row,
  sequence: bigint,
):
  { readonly kind: 'findings'; readonly findings: Finding[] } | { readonly kind: 'caps'; readonly caps: readonly BudgetCap[] | undefined } {
  if (decision.budgets === null || decision.budgets === undefined) return { kind: 'caps', caps: undefined };
  try {
    return { kind: 'caps', caps: budgetCaps.read(jsonOf(decision.budgets), 'budgets') };
  } catch (cause) {
    if (!(cause instanceof UnreadableEntry)) throw cause;
    return { kind: 'findings', findings: [{ sequence, table: 'decision', key: `bid_id ${decision.bid_id}`, detail: cause.message }] };
  }
}

interface Again {
  readonly funds: string | null;
  readonly caps: readonly BudgetCap[] | undefined;
  readonly kinds: Kinds;
  readonly refusal: Refusal | undefined;
}

/** A batch of one: batches of any size decide the same. */
function decideAgain(
  open: OpenBook,
  bid: QueuedBid,
  { funds, caps, kinds, refusal }: Again,
): { record: BatchRecord; priceVersion: bigint } {
  const wallet = { organisationId: bid.organisationId, walletId: 0n, escrowId: 0n, fundsMicros: BigInt(funds ?? 0) };
  const tracker = new FundsTracker([wallet], { capsOf: () => caps, charged: () => undefined, returned: () => undefined });
  const again = decideBatch({ open, epoch: 0n, bids: [bid], funds: tracker, kinds, mayGoOn: () => true, refusal });
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
  const { caps = [] } = decided;
  const charged = budgetFindings(record, bidId, decision.kind === 'accepted' ? chargesOf(caps, decision.lines) : []);
  if (charged.length > 0) return charged;
  if (decision.kind === 'refused' || !sale) {
    const stray = allocation ?? placements.at(0);
    return stray ? [{ sequence, table: 'allocation', key: `bid_id ${bidId}`, detail: 'a refused bid got something' }] : [];
  }
  const placed = new Map(placements.map((placement) => [`${placement.revision} ${placement.slot}`, placement]));
  const { footprint } = decision;
  const extra = placements.length - footprint.length;
  return [
    ...differences(sequence, 'allocation', allocation, allocationRow(marketId, decided, decision)),
    ...footprint.flatMap(({ slot }) =>
      differences(sequence, 'placement', placed.get(`${FIRST_REVISION} ${slot}`), placementRow(marketId, sale, slot)),
    ),
    ...(extra > 0 ? [{ sequence, table: 'placement' as const, key: `bid_id ${bidId}`, detail: `${extra} more than the plan has` }] : []),
  ];
}
