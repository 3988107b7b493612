import type { Finding, SlotSales, Verification } from '#market';
import type { AnswerOf } from '#sdk';
import { invariant, parseMicros } from '#units';
import { findingLine, verifyStored } from '../verify/verify.js';
import type { DecidedJob } from './bidding.js';
import type { Check } from './check.js';

/** An allocation as the API answers it. */
export type Allocation = AnswerOf<'getAllocation'>;

/** What the demo's bids are decided again from. */
export interface ReplayInput {
  readonly databaseUrl: string;
  readonly marketId: string;
  readonly decided: readonly DecidedJob[];
  /** By bid id. */
  readonly allocations: ReadonlyMap<string, Allocation>;
}

/** What came of deciding them again. */
export interface Replay {
  readonly checks: readonly Check[];
  /** What is sold per slot, and what there is: cells in milli-units. */
  readonly sales: ReadonlyMap<number, SlotSales>;
}

/** How the verifier speaks of a plan. */
const PLAN = /^(breaks|plan) /;
const MONEY: ReadonlySet<Finding['table']> = new Set(['allocation', 'transfer', 'entry', 'account']);
const amount = (text: string | null | undefined): bigint => parseMicros(text ?? '0') ?? 0n;

/** Verifies the market as `eris verify` does, and holds against that what the bidders were told. */
export async function replay(input: ReplayInput): Promise<Replay> {
  const outcome = await verifyStored(input.databaseUrl, BigInt(input.marketId));
  invariant(outcome.kind === 'verified', 'the market that was opened is there');
  const { verification } = outcome;
  return { checks: [...checksOf(verification), ...toldChecks(input, verification)], sales: verification.sales };
}

function checksOf({ findings, sales, accepted, lines, decisions, records }: Verification): Check[] {
  const isSchedule = ({ table, detail }: Finding): boolean => table === 'placement' || (table === 'allocation' && PLAN.test(detail));
  const isMoney = (finding: Finding): boolean => MONEY.has(finding.table) && !isSchedule(finding);
  const of = (belongs: (finding: Finding) => boolean): string[] => findings.filter(belongs).map(findingLine);
  return [
    {
      name: 'every schedule is valid',
      detail: `${accepted} accepted, each against V1-V6 by the independent validator`,
      faults: of(isSchedule),
    },
    { name: 'nothing is oversold', detail: `${sales.size} slots, every resource of every site and bandwidth`, faults: oversold(sales) },
    { name: 'payments recomputed from recorded prices', detail: `${lines} lines, equal to the last micro-credit`, faults: of(isMoney) },
    {
      name: 'decided again from the log, the same',
      detail: `${decisions} decisions among ${records} entries`,
      faults: of((finding) => !isSchedule(finding) && !isMoney(finding)),
    },
  ];
}

function oversold(sales: Verification['sales']): string[] {
  return [...sales].flatMap(([slot, { usedMilli, capacityMilli }]) =>
    usedMilli.flatMap((milli, cell) =>
      milli > (capacityMilli[cell] ?? 0) ? [`slot ${slot}, cell ${cell}: ${milli} of ${capacityMilli[cell]}`] : [],
    ),
  );
}

/** What the API said: nobody pays more than the value, and allocations add up to what decisions charge. */
function toldChecks({ decided, allocations }: ReplayInput, { decisions, accepted }: Verification): Check[] {
  const bids = decided.filter(({ bid }) => bid.status === 'accepted');
  const dear = bids.filter(({ bid }) => amount(bid.decision?.payment) > amount(bid.decision?.value));
  const different = bids.filter(({ bid }) => amount(bid.decision?.payment) !== chargedBy(allocations.get(bid.id)));
  const isWhole = decided.length === decisions && bids.length === accepted;
  return [
    {
      name: 'nobody pays more than the value',
      detail: `${bids.length} accepted`,
      faults: dear.map(({ job, bid }) => `${job.id}: pays ${bid.decision?.payment} for a value of ${bid.decision?.value}`),
    },
    {
      name: 'bidders were told what is recorded',
      detail: `${decided.length} answers, ${allocations.size} allocations line by line`,
      faults: [
        ...(isWhole ? [] : [`${decided.length} answers, ${bids.length} accepted; recorded are ${decisions}, ${accepted}`]),
        ...different.map(({ job }) => `${job.id}: its allocation does not add up to its payment`),
      ],
    },
  ];
}

const chargedBy = (allocation: Allocation | undefined): bigint | undefined =>
  allocation?.lines.reduce((sum, line) => sum + amount(line.amount), 0n);
