import { applyTransfers, openLedger, type Transfer, TRANSFER_FAULTS } from '#ledger';
import fc from 'fast-check';
import { assertLedgerLawful, assertStepLawful } from '../laws/ledger.js';
import { batchesArb, WORLD } from '../support/ledger-arbitraries.js';

describe('books under any sequence of transfers', () => {
  it('stay lawful', () => {
    fc.assert(
      fc.property(batchesArb, (batches) => {
        let ledger = openLedger(WORLD);
        for (const batch of batches) {
          const outcome = applyTransfers(ledger, batch);
          assertStepLawful(ledger, outcome);
          if (outcome.kind === 'applied') ledger = outcome.ledger;
        }
        assertLedgerLawful(ledger);
      }),
      { numRuns: 300 },
    );
  });

  it('do not depend on how transfers that pass one by one are put together', () => {
    fc.assert(
      fc.property(batchesArb, (batches) => {
        const passed: Transfer[] = [];
        let ledger = openLedger(WORLD);
        for (const transfer of batches.flat()) {
          const outcome = applyTransfers(ledger, [transfer]);
          if (outcome.kind !== 'applied') continue;
          ledger = outcome.ledger;
          passed.push(transfer);
        }
        expect(applyTransfers(openLedger(WORLD), passed)).toEqual({ kind: 'applied', ledger });
      }),
      { numRuns: 300 },
    );
  });
});

it('meets every outcome among the sequences that are tried', () => {
  const met = new Set<string>();
  for (const batches of fc.sample(batchesArb, { numRuns: 2_000, seed: 1 })) {
    let ledger = openLedger(WORLD);
    for (const batch of batches) {
      const outcome = applyTransfers(ledger, batch);
      met.add(outcome.kind);
      if (outcome.kind === 'applied') ledger = outcome.ledger;
    }
  }
  expect([...met].sort()).toEqual([...TRANSFER_FAULTS, 'applied', 'exceeds_balance'].sort().filter((kind) => kind !== 'account_unknown'));
});
