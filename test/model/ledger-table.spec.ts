import { checkLedger } from '../support/ledger-table.js';

describe('the books', () => {
  it('follow a bid from its deposit to what is earned and what comes back', () =>
    checkLedger(`
      deposit fund alice 100                  applied
      hold    alice alice-held 60 7           applied
      capture alice-held earned 25 7 0        applied
      void    alice-held alice 35 7 1         applied
      expect  fund       -100
      expect  alice      75
      expect  alice-held 0
      expect  earned     25
    `));

  it('hold no more than 64 bits', () =>
    checkLedger(`
      deposit fund alice 9223372036854775807  applied
      deposit fund bob 1                      exceeds_limit
      hold    alice alice-held 9223372036854775807 7   applied
      expect  bob        0
    `));

  it('do not lend', () =>
    checkLedger(`
      deposit fund alice 100                  applied
      hold    alice alice-held 101 7          exceeds_balance
      hold    alice alice-held 100 7          applied
      hold    alice alice-held 1 8            exceeds_balance
      expect  alice      0
      expect  alice-held 100
    `));

  it('count balances once all transfers of a call are made', () =>
    checkLedger(`
      hold alice alice-held 5 7 + deposit fund alice 5     applied
      hold alice alice-held 5 8 + deposit fund alice 4     exceeds_balance
      expect alice 0
    `));

  it('end each hold once, slot by slot, and no more of it than was held', () =>
    checkLedger(`
      deposit fund alice 100                  applied
      deposit fund bob 100                    applied
      hold    alice alice-held 10 7           applied
      hold    alice alice-held 10 7           already_held
      hold    bob bob-held 50 9               applied
      capture alice-held earned 4 7 0         applied
      capture alice-held earned 4 7 0         slot_ended
      retain  alice-held kept 4 7 0           slot_ended
      capture alice-held earned 7 7 1         exceeds_hold
      capture bob-held earned 1 7 1           not_held
      void    alice-held alice 1 8 0          not_held
      void    alice-held alice 6 7 1          applied
      capture alice-held earned 1 7 2         exceeds_hold
    `));

  it('retain what slots cost until the job is complete, and give back of it what is to go back', () =>
    checkLedger(`
      deposit fund alice 100                  applied
      hold    alice alice-held 60 7           applied
      earn    kept earned 1 7 0               not_held
      retain  alice-held kept 20 7 0          applied
      retain  alice-held kept 20 7 0          slot_ended
      retain  alice-held kept 30 7 1          applied
      expect  kept       50
      refund  kept alice 5 7 1                applied
      refund  kept alice 5 7 1                applied
      refund  kept alice 41 7 1               exceeds_hold
      refund  kept alice 1 8 1                not_held
      void    alice-held alice 10 7 1         applied
      void    alice-held alice 1 7 1          exceeds_hold
      earn    kept earned 41 7 1              exceeds_hold
      earn    kept earned 40 7 1              applied
      earn    kept earned 1 7 2               earned
      expect  kept       0
      expect  earned     40
      expect  alice      60
    `));

  it('move money only between the accounts of a transfer’s kind', () =>
    checkLedger(`
      deposit fund alice 100                  applied
      deposit alice bob 1                     not_a_way
      deposit fund nobody 1                   account_unknown
      deposit nobody alice 1                  account_unknown
      hold    alice bob-held 1 7              not_a_way
      hold    alice alice 1 7                 not_a_way
      capture alice earned 1 7 0              not_a_way
      deposit fund alice 0                    amount_not_positive
      deposit fund nobody -1                  amount_not_positive
      expect  alice 100
      expect  bob 0
    `));
});
