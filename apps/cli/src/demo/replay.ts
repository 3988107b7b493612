import type { AnswerOf } from '#contracts';
import { toBid, toMarketSpec, type Instance } from '#lab';
import {
  admit,
  advanceBook,
  applySchedule,
  capacityOf,
  createBook,
  createOracle,
  paymentLines,
  usageOf,
  validateSchedule,
  valueAt,
  type Bid,
  type Book,
  type Oracle,
  type Schedule,
} from '#mechanism';
import { amountOf, formatMicros, formatMilli, parseMicros } from '#units';
import type { DecidedJob } from './bidding.js';
import type { Check } from './check.js';

export type Allocation = AnswerOf<'getAllocation'>;
type Line = Allocation['lines'][number];
type Decision = NonNullable<DecidedJob['bid']['decision']>;

export interface ReplayInput {
  readonly instance: Instance;
  /** In the order of the market's log. */
  readonly decided: readonly DecidedJob[];
  /** By bid id. */
  readonly allocations: ReadonlyMap<string, Allocation>;
  readonly siteIds: readonly string[];
}

export interface Replay {
  readonly checks: readonly Check[];
  /** What is sold per slot: cells in milli-units. */
  readonly sold: ReadonlyMap<number, readonly number[]>;
  /** Milli-units per cell of a slot. */
  readonly capacity: readonly number[];
}

/** Faults by what they are of. */
interface Faults {
  readonly schedule: string[];
  readonly oversold: string[];
  readonly payment: string[];
  readonly value: string[];
  readonly decision: string[];
}

interface Replaying extends ReplayInput {
  readonly book: Book;
  readonly oracle: Oracle;
  readonly sold: Map<number, readonly number[]>;
  readonly faults: Faults;
}

/**
 * Goes through the market's log with a book of its own: every schedule against V1-V6 by the independent validator, every payment line
 * against the price that the book posts at that moment, every decision decided again.
 */
export function replay(input: ReplayInput): Replay {
  const faults: Faults = { schedule: [], oversold: [], payment: [], value: [], decision: [] };
  const book = createBook(toMarketSpec(input.instance), 0);
  const replaying = { ...input, book, oracle: createOracle('default'), sold: new Map<number, readonly number[]>(), faults };
  for (const item of input.decided) replayOne(replaying, item);
  keepSold(replaying, book.baseSlot + book.slotCount);
  const capacity = capacityOf(book);
  faults.oversold.push(...oversold(replaying.sold, capacity));
  return { checks: checksOf(replaying), sold: replaying.sold, capacity };
}

function replayOne(replaying: Replaying, { job, bid }: DecidedJob): void {
  const { book, instance, faults } = replaying;
  const { decision, arrivalSlot } = bid;
  if (!decision || arrivalSlot !== job.arrival)
    return void faults.decision.push(`${job.id}: decided for slot ${arrivalSlot}, arrived in slot ${job.arrival}`);
  keepSold(replaying, arrivalSlot);
  advanceBook(book, arrivalSlot);
  const asked = toBid(job, instance.resources);
  decideAgain(replaying, job.id, asked, bid);
  const allocation = replaying.allocations.get(bid.id);
  if (bid.status === 'accepted' && allocation)
    replayAccepted(replaying, { name: job.id, asked, arrival: arrivalSlot, decision, allocation });
}

/** Same log, same decision. */
function decideAgain(
  { book, oracle, faults }: Replaying,
  name: string,
  asked: Bid,
  { arrivalSlot, status, decision }: DecidedJob['bid'],
): void {
  const again = admit({ book, bid: asked, arrival: arrivalSlot ?? 0, oracle });
  const was =
    status === 'accepted' ? `accepted for ${decision?.payment} by slot ${decision?.completion}` : `refused: ${decision?.reason?.code}`;
  const is =
    again.kind === 'accepted'
      ? `accepted for ${formatMicros(again.payment)} by slot ${again.completion}`
      : `refused: ${again.refusal.code}`;
  if (was !== is) faults.decision.push(`${name}: was ${was}, is ${is}`);
}

interface Accepted {
  readonly name: string;
  readonly asked: Bid;
  readonly arrival: number;
  readonly decision: Decision;
  readonly allocation: Allocation;
}

function replayAccepted(replaying: Replaying, accepted: Accepted): void {
  const { book, instance, siteIds, faults } = replaying;
  const { name, asked, arrival, decision, allocation } = accepted;
  const schedule = scheduleOf(allocation, siteIds);
  const usage = (slot: number): number[] => usageOf(book, slot);
  const claim = {
    spec: book.spec,
    usage,
    job: asked.job,
    arrival,
    schedule,
    completion: decision.completion ?? -1,
    horizonEnd: arrival + instance.slots,
  };
  const violations = validateSchedule(claim);
  faults.schedule.push(
    ...violations.map(({ rule, slot, detail }) => `${name}: ${rule}${slot === undefined ? '' : ` in slot ${slot}`}: ${detail}`),
  );
  faults.value.push(...valueFaults(accepted));
  if (violations.length > 0) return;
  faults.payment.push(...paymentFaults(replaying, accepted, schedule));
  applySchedule(book, asked.job, schedule);
}

function valueFaults({ name, asked, arrival, decision }: Accepted): string[] {
  const value = valueAt(asked.valuation, (decision.completion ?? 0) - arrival);
  const isWorth = decision.value === formatMicros(value);
  const isRational = (parseMicros(decision.payment) ?? 0n) <= value;
  return [
    ...(isWorth ? [] : [`${name}: value ${decision.value}, the valuation says ${formatMicros(value)}`]),
    ...(isRational ? [] : [`${name}: pays ${decision.payment} for a value of ${formatMicros(value)}`]),
  ];
}

/** The recorded lines are those of the posted prices, each amount is quantity times price, and their sum is what was charged. */
function paymentFaults({ book, siteIds }: Replaying, { name, asked, decision, allocation }: Accepted, schedule: Schedule): string[] {
  const posted = paymentLines(book, asked.job, schedule).map((line) =>
    lineText({
      slot: line.slot,
      siteId: line.site === null ? null : siteIds[line.site],
      resource: line.resource,
      quantity: formatMilli(line.quantityMilli),
      unitPrice: formatMicros(line.unitPrice),
      amount: formatMicros(line.amount),
    }),
  );
  const recorded = allocation.lines.map(lineText);
  const differing =
    posted.length === recorded.length
      ? recorded.filter((line, index) => line !== posted[index])
      : [`${recorded.length} lines, ${posted.length} expected`];
  const sum = formatMicros(allocation.lines.reduce((total, line) => total + recomputed(line), 0n));
  const isSum = sum === decision.payment && sum === allocation.payment;
  return [
    ...differing.map((line) => `${name}: ${line}`),
    ...(isSum ? [] : [`${name}: the lines sum to ${sum}, charged was ${decision.payment}`]),
  ];
}

const lineText = ({ slot, siteId, resource, quantity, unitPrice, amount }: Line): string =>
  `slot ${slot}, site ${siteId ?? '-'}, ${resource}: ${quantity} at ${unitPrice} = ${amount}`;

const recomputed = ({ quantity, unitPrice }: Line): bigint => amountOf(Math.round(Number(quantity) * 1000), parseMicros(unitPrice) ?? 0n);

/** An allocation as the mechanism writes schedules: sites by index. */
function scheduleOf({ schedule }: Allocation, siteIds: readonly string[]): Schedule {
  const index = (id: string): number => siteIds.indexOf(id);
  const perSite = (counts: Readonly<Record<string, number>>): number[] => siteIds.map((id) => counts[id] ?? 0);
  return schedule.map(({ slot, ps, workers, moves, home }) => ({
    slot,
    ps: index(ps),
    workers: perSite(workers),
    home: perSite(home),
    moves: moves.map(({ from, to, chunks }) => ({ home: index(from), place: index(to), chunks })),
  }));
}

/** Remembers the slots before `until`, which the book is about to leave behind. */
function keepSold({ book, sold }: Replaying, until: number): void {
  for (let slot = book.baseSlot; slot < Math.min(until, book.baseSlot + book.slotCount); slot++) sold.set(slot, usageOf(book, slot));
}

function oversold(sold: ReadonlyMap<number, readonly number[]>, capacity: readonly number[]): string[] {
  return [...sold].flatMap(([slot, used]) =>
    used.flatMap((milli, cell) => (milli > capacity[cell] ? [`slot ${slot}, cell ${cell}: ${milli} of ${capacity[cell]}`] : [])),
  );
}

function checksOf({ decided, allocations, sold, faults }: Replaying): Check[] {
  const lines = [...allocations.values()].reduce((sum, { lines: { length } }) => sum + length, 0);
  const acceptances = `${allocations.size} accepted`;
  return [
    { name: 'every schedule is valid', detail: `${acceptances}, each against V1-V6 by the independent validator`, faults: faults.schedule },
    { name: 'nothing is oversold', detail: `${sold.size} slots, every resource of every site and bandwidth`, faults: faults.oversold },
    { name: 'payments recomputed from recorded prices', detail: `${lines} lines, equal to the last micro-credit`, faults: faults.payment },
    { name: 'nobody pays more than the value', detail: `${acceptances}, value recomputed from the valuation`, faults: faults.value },
    { name: 'decided again from the log, the same', detail: `${decided.length} decisions`, faults: faults.decision },
  ];
}
