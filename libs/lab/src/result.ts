import type { Schedule, SlotPlan } from '#kinds';
import { z } from 'zod';
import { INSTANCE_LIMITS as LIMITS, type Fault } from './instance.js';
import { faultsOf, readJson } from './json-fault.js';

const index = z.number().int().min(0).max(LIMITS.slots);
const count = z.number();
const credits = z.number();

const plan = z.object({
  slot: index,
  ps: index,
  workers: z.array(count).max(LIMITS.sites),
  moves: z.array(z.tuple([index, index, count])),
  home: z.array(count).max(LIMITS.sites),
});

const job = z.object({
  id: z.string(),
  accepted: z.boolean(),
  completion: index.nullable(),
  value: credits,
  payment: credits,
  reason: z.string().nullable(),
  schedule: z.array(plan).max(LIMITS.slots),
});

const result = z.object({
  format: z.literal('eris-result/1'),
  instance: z.string(),
  policy: z.string(),
  oracle: z.string().optional(),
  welfare: credits,
  revenue: credits,
  accepted: z.number().int().min(0),
  rejected: z.number().int().min(0),
  decisionMs: z.object({ p50: z.number(), p99: z.number(), max: z.number() }).optional(),
  jobs: z.array(job).max(LIMITS.jobs),
});

/** The file format eris-result/1. Amounts are credits; `moves` are [home, place, chunks]. */
export type Result = z.infer<typeof result>;
/** A job of a result file. */
export type ResultJob = z.infer<typeof job>;

/** A result, or what is wrong with the text. */
export type ParsedResult =
  { readonly kind: 'result'; readonly result: Result } | { readonly kind: 'faults'; readonly faults: readonly Fault[] };

/** Reads an eris-result/1 file, given as text or as parsed JSON. Only its shape is checked here; `auditResult` checks what it claims. */
export function parseResult(source: unknown): ParsedResult {
  const json = typeof source === 'string' ? readJson(source) : { value: source };
  if ('faults' in json) return { kind: 'faults', faults: json.faults };
  const shape = result.safeParse(json.value);
  return shape.success ? { kind: 'result', result: shape.data } : { kind: 'faults', faults: faultsOf(shape.error) };
}

type WirePlan = ResultJob['schedule'][number];

const toWirePlan = ({ slot, ps, workers, moves, home }: SlotPlan): WirePlan => ({
  slot,
  ps,
  workers: [...workers],
  moves: moves.map((move) => [move.home, move.place, move.chunks]),
  home: [...home],
});

const fromWirePlan = ({ moves, ...plan }: WirePlan): SlotPlan => ({
  ...plan,
  moves: moves.map(([home, place, chunks]) => ({ home, place, chunks })),
});

/** A schedule as result files write it. */
export const toWireSchedule = (schedule: Schedule): ResultJob['schedule'] => schedule.map(toWirePlan);
/** A schedule as result files hold it, read. */
export const fromWireSchedule = (schedule: ResultJob['schedule']): Schedule => schedule.map(fromWirePlan);
