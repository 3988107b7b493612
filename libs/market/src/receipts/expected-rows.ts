import { type Sale, slotAmount } from '#ledger';
import { budgetCaps, EVENT_TYPES, type LogEvent, payloadJson, type PayloadOf, refusal } from '#log';
import type { Decision } from '#mechanism';
import { canonicalJson } from '#units';
import type { DecidedBid } from '../deciding/index.js';
import type { HitRecord } from '../lifecycle/repair-ports.js';
import { type Finding, jsonOf, keyOf, type Row, type RowTable } from './rows.js';

/** What some columns of a row must say. A JSON column is given as a value. */
export type Expected = Readonly<Record<string, string | number | bigint | null | { readonly json: unknown }>>;

/** @returns a finding where a row is missing or one of its columns says something else. */
export function differences(sequence: bigint | undefined, table: RowTable, row: Row | undefined, expected: Expected): Finding[] {
  if (!row) return [{ sequence, table, key: keyOf(table, textOf(expected)), detail: 'is missing' }];
  for (const [column, value] of Object.entries(expected)) {
    const [is, must] = pairOf(row[column] ?? null, value);
    if (is !== must) return [{ sequence, table, key: keyOf(table, row), detail: `${column} is ${short(is)}, must be ${short(must)}` }];
  }
  return [];
}

function pairOf(stored: string | null | undefined, value: Expected[string]): [string | null | undefined, string | null] {
  if (value === null) return [stored, null];
  if (typeof value !== 'object') return [stored, value.toString()];
  const json = jsonOf(stored);
  return [json === undefined ? stored : canonicalJson(json), canonicalJson(value.json)];
}

const textOf = (expected: Expected): Row =>
  Object.fromEntries(Object.entries(expected).map(([column, value]) => [column, pairOf(null, value)[1]]));

const SHOWN_MAX = 200;
const short = (text: string | null | undefined): string =>
  text === null || text === undefined ? 'null' : text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;

type Accepted = Extract<Decision, { kind: 'accepted' }>;

/** The decision's row of a bid decided like this. */
export function decisionRow(marketId: bigint, decided: DecidedBid): Expected {
  const { decision } = decided;
  const isAccepted = decision.kind === 'accepted';
  return {
    bid_id: decided.bidId,
    market_id: marketId,
    sequence: decided.sequence,
    outcome: decision.kind,
    arrival_slot: decided.arrivalSlot,
    price_version: decided.priceVersion,
    funds_micros: decided.fundsMicros,
    completion: isAccepted ? decision.completion : null,
    value_micros: isAccepted ? decision.value : null,
    payment_micros: isAccepted ? decision.payment : 0,
    reason: isAccepted ? null : { json: refusal.write(decision.refusal) },
    ...(decided.caps && { budgets: { json: budgetCaps.write(decided.caps) } }),
  };
}

/** The columns of an entry that say what happened. @param version of the entry's type, where it is an older one. */
export const eventColumns = (event: LogEvent, version: number = EVENT_TYPES[event.kind].version): Expected => ({
  kind: event.kind,
  version,
  payload: { json: payloadJson(event) },
});

/** What an accepted bid got, its plan as its kind's codec writes it. */
export const allocationRow = (marketId: bigint, { bidId, kind, links }: DecidedBid, { payment, lines, plan }: Accepted): Expected => ({
  bid_id: bidId,
  market_id: marketId,
  kind,
  payment_micros: payment,
  lines: { json: lines },
  plan: { json: plan },
  continues: links?.continues ?? null,
  replaces: links?.replaces ?? null,
});

/** Of every allocation so far: nothing changes what was sold. */
export const FIRST_REVISION = 0;

/** The row of one slot of an allocation; its amount is what the payment lines of that slot add up to. */
export const placementRow = (marketId: bigint, sale: Sale, slot: number): Expected => ({
  bid_id: sale.bidId,
  revision: FIRST_REVISION,
  slot,
  market_id: marketId,
  amount_micros: slotAmount(sale, slot),
});

/** The row of a window that was opened. */
export const windowRow = (marketId: bigint, sequence: bigint, payload: PayloadOf<'window_opened'>): Expected => ({
  id: payload.windowId,
  market_id: marketId,
  sequence,
  kind: payload.window,
  cause: payload.cause,
  scope: payload.scope,
  site_id: payload.siteId,
  amounts: payload.amounts && { json: payload.amounts },
  from_slot: payload.from,
  to_slot: payload.to,
  taken: { json: payload.taken },
});

/** The row of another plan of an allocation. */
export const revisionRow = (marketId: bigint, { bidId, sequence }: HitRecord, revision: NonNullable<HitRecord['revision']>): Expected => ({
  bid_id: bidId,
  revision: revision.revision,
  market_id: marketId,
  sequence,
  from_slot: revision.fromSlot,
  completion: revision.completion,
  plan: { json: revision.plan },
});

/** The row of an allocation's end before its time. */
export const endingRow = (
  marketId: bigint,
  { bidId, sequence }: HitRecord,
  { ending, slot }: NonNullable<HitRecord['ending']>,
): Expected => ({
  bid_id: bidId,
  market_id: marketId,
  sequence,
  ending,
  slot,
});
