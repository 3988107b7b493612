import { credits, roundCredits, sumOf } from './amounts.js';
import { csvOf } from '#units';
import { monthsBack, statementOf } from './statement.js';

describe('amounts', () => {
  it.each([
    ['2936.439', '2,936.439'],
    ['0', '0.00'],
    ['-1234567.5', '−1,234,567.50'],
    ['999999999999.000001', '999,999,999,999.000001'],
    [undefined, '–'],
    ['x', '–'],
  ])('show %s as %s', (given, shown) => {
    expect(credits(given)).toBe(shown);
  });

  it('are summed and rounded exactly', () => {
    expect(credits(sumOf(['0.1', '0.2', '999999999.7']))).toBe('1,000,000,000.00');
    expect([roundCredits('2936.5'), roundCredits('-0.5'), roundCredits('0.499999')]).toEqual(['2,937', '−1', '0']);
  });
});

describe('a statement', () => {
  const entry = (fields: object) =>
    ({
      transferId: '1',
      kind: 'deposit',
      account: 'wallet',
      amount: '10',
      marketId: null,
      bidId: null,
      slot: null,
      createdAt: '2026-11-02T00:00:00.000Z',
      ...fields,
    }) as const;
  const rows = [
    entry({ createdAt: '2026-10-31T23:59:59.999Z', amount: '5' }),
    entry({}),
    entry({ amount: '-2.5' }),
    entry({ account: 'escrow', amount: '2.5' }),
  ];

  it('opens with what was there before, and closes with the sum', () => {
    const { balances, entries, wrong } = statementOf(rows, '2026-11', {
      balance: { available: '12.5', held: '2.5' },
      retained: '0',
      revenue: '0',
    });
    expect(balances[0]).toEqual({ account: 'wallet', opening: 5_000_000n, moved: 7_500_000n, closing: 12_500_000n });
    expect([entries.length, wrong]).toEqual([3, []]);
  });

  it('says which balance its entries do not come to', () => {
    expect(statementOf(rows, '2026-11', { balance: { available: '12.5', held: '2.500001' }, retained: '0', revenue: '0' }).wrong).toEqual([
      'escrow',
    ]);
  });

  it('counts months back over the turn of the year', () => {
    expect(monthsBack(Date.UTC(2027, 0, 31), 3)).toEqual(['2027-01', '2026-12', '2026-11']);
  });
});

it('gives no spreadsheet a formula', () => {
  expect(
    csvOf(
      ['a', 'b'],
      [
        ['=1+1', '-5.5'],
        ['a,"b"', null],
      ],
    ),
  ).toBe('a,b\r\n\'=1+1,-5.5\r\n"a,""b""",\r\n');
});
