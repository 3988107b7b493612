import { aheadOf, type Grid } from './grid.js';
import { curveOf, formulaOf, ruleInWords } from './price-rule.js';
import { worthAt } from './valuation.js';

const paper = { kind: 'paper', gamma: { gpu: 1000 }, unit: '2', reserve: '0.5' } as const;

it('draws the curve of the paper from the reserve to all sold', () => {
  const curve = curveOf(paper, 'gpu', 4);
  expect([curve[0], curve.at(-1)]).toEqual([
    { share: 0, price: 0.5 },
    { share: 1, price: 1998.5 },
  ]);
});

it('draws learnt prices by their level, as flat ones', () => {
  const learning = { kind: 'learning', level: '300', learns: true, floor: '1', ceiling: '1000', opening: false, shareCap: 100 } as const;
  expect(curveOf(learning, 'gpu', 4)[0]).toEqual({ share: 0, price: 75 });
  expect([formulaOf(learning, 'gpu'), ruleInWords(learning)]).toEqual([expect.stringContaining('learnt'), 'learnt from the bids']);
});

it('draws what a job is worth as the market values it', () => {
  expect(worthAt({ kind: 'sigmoid', scale: 3000, tau: 1.4, width: 3 }, 0)).toBe(2100);
  expect([19, 20, 21].map((delay) => worthAt({ kind: 'deadline', value: 9, deadline: 20 }, delay))).toEqual([9, 9, 0]);
  expect(worthAt({ kind: 'linear', value: 9, decay: 5 }, 2)).toBe(0);
  expect(worthAt({ kind: 'table', values: [3, 2] }, 5)).toBe(0);
});

it('leaves sites without a resource out of the prices ahead', () => {
  const cell = (capacity: number, price: string) => ({ sold: 0, capacity, price });
  const grid: Grid = {
    from: 4,
    slots: 2,
    sites: [
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
    ],
    cells: [cell(1, '2'), cell(0, '0'), cell(1, '4'), cell(0, '0')],
  };
  const { at, lines } = aheadOf(grid);
  expect(at).toEqual([4, 5]);
  expect(lines.map(({ values }) => values)).toEqual([
    [3, null],
    [2, null],
    [4, null],
  ]);
});
