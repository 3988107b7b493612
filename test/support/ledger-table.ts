import { type Account, type AccountKind, applyTransfers, type Ledger, openLedger, type Transfer } from '#ledger';
import { micros } from '#units';
import { assertStepLawful } from '../laws/ledger.js';

const ACCOUNTS: readonly [name: string, ownerId: bigint, kind: AccountKind][] = [
  ['fund', 1n, 'funding'],
  ['kept', 1n, 'retained'],
  ['earned', 1n, 'revenue'],
  ['alice', 2n, 'wallet'],
  ['alice-held', 2n, 'escrow'],
  ['bob', 3n, 'wallet'],
  ['bob-held', 3n, 'escrow'],
];
const NAMES = ACCOUNTS.map(([name]) => name);
const idOf = (name: string): bigint => BigInt(NAMES.indexOf(name)); // -1 for a name that nobody has

/**
 * Reads a table of transfers with their expected outcomes, and of balances:
 *   deposit FROM TO AMOUNT OUTCOME | hold FROM TO AMOUNT BID OUTCOME | capture, void, retain, earn, refund FROM TO AMOUNT BID SLOT OUTCOME | expect NAME AMOUNT
 * Several transfers joined by ` + ` happen together. Laws are checked after every line.
 */
export function checkLedger(table: string): void {
  let ledger = openLedger(ACCOUNTS.map(([, ownerId, kind], index): Account => ({ id: BigInt(index), ownerId, kind })));
  for (const line of table.trim().split('\n')) ledger = checkLine(ledger, line.trim());
}

function checkLine(ledger: Ledger, line: string): Ledger {
  const words = line.split(/\s+/);
  if (words[0] === 'expect') {
    expect([line, ledger.accounts.get(idOf(words[1]))?.balance]).toEqual([line, BigInt(words[2])]);
    return ledger;
  }
  const expected = words.pop();
  const outcome = applyTransfers(ledger, words.join(' ').split(' + ').map(transferOf));
  expect([line, outcome.kind]).toEqual([line, expected]);
  assertStepLawful(ledger, outcome);
  return outcome.kind === 'applied' ? outcome.ledger : ledger;
}

function transferOf(text: string): Transfer {
  const [kind, from, to, amount, bid, slot] = text.split(' ');
  const way = { debitId: idOf(from), creditId: idOf(to), amount: micros(BigInt(amount)) };
  if (kind === 'deposit') return { kind, ...way };
  if (kind === 'hold') return { kind, ...way, bidId: BigInt(bid) };
  return { kind: kind as 'capture' | 'void' | 'retain' | 'earn' | 'refund', ...way, bidId: BigInt(bid), slot: Number(slot) };
}
