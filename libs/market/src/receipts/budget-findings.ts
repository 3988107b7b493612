import type { BudgetCharge } from '../budgets/index.js';
import { differences } from './expected-rows.js';
import type { Finding, LogRecord } from './rows.js';

/** Holds what an entry has taken of budgets, or given back, against what it must have. */
export function budgetFindings(
  { sequence, event, charges: rows = [] }: LogRecord,
  bidId: bigint | null,
  expected: readonly BudgetCharge[],
): Finding[] {
  const left = new Map(rows.map((row) => [`${row.budget_id} ${row.period}`, row]));
  for (const { budgetId, period, amountMicros } of expected) {
    const name = `${budgetId} ${period}`;
    const findings = differences(sequence, 'budget_entry', left.get(name), {
      budget_id: budgetId,
      period,
      market_id: event.market_id ?? null,
      sequence,
      bid_id: bidId,
      amount_micros: amountMicros,
    });
    if (findings.length > 0) return findings;
    left.delete(name);
  }
  const [stray] = left.values();
  return stray ? [{ sequence, table: 'budget_entry', key: `id ${stray.id}`, detail: 'takes what nothing in the log has taken' }] : [];
}
