import { type ApplyOutcome, type Ledger, ledgerLaws } from '#ledger';

/** The laws of the books: every test that moves money ends here. */
export function assertLedgerLawful(ledger: Ledger): void {
  expect(ledgerLaws(ledger)).toEqual([]);
}

/** A refused operation changes nothing, and what is applied only adds entries. */
export function assertStepLawful(before: Ledger, outcome: ApplyOutcome): void {
  assertLedgerLawful(before);
  if (outcome.kind !== 'applied') return;
  assertLedgerLawful(outcome.ledger);
  expect(outcome.ledger.entries.slice(0, before.entries.length)).toEqual(before.entries);
}
