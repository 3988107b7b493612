import { formatMicros } from '#units';
import type { Valuation } from './types.js';
import { valuationFaults, valueAt } from './valuation.js';

const at = (valuation: Valuation, ...ds: number[]): string[] => ds.map((d) => formatMicros(valueAt(valuation, d)));

describe('value of a completion', () => {
  it('follows the paper’s sigmoid: scale * tau / (1 + e^(d / width))', () => {
    expect(at({ kind: 'sigmoid', scale: 3000, tau: 1.5, width: 3 }, 0, 3, 30)).toEqual(['2250', '1210.236396', '0.20429']);
  });
  it('holds a deadline’s value up to the deadline', () => {
    expect(at({ kind: 'deadline', value: 12.5, deadline: 2 }, 0, 2, 3)).toEqual(['12.5', '12.5', '0']);
  });
  it('decays linearly, never below zero', () => {
    expect(at({ kind: 'linear', value: 10, decay: 4 }, 0, 1, 2, 3)).toEqual(['10', '6', '2', '0']);
  });
  it('reads a table, zero beyond it', () => {
    expect(at({ kind: 'table', values: [7, 7, 1] }, 0, 1, 2, 3)).toEqual(['7', '7', '1', '0']);
  });
});

describe('faults of a valuation', () => {
  it('finds none in each of the four kinds', () => {
    const good: Valuation[] = [
      { kind: 'sigmoid', scale: 3000, tau: 1, width: 3 },
      { kind: 'deadline', value: 5, deadline: 0 },
      { kind: 'linear', value: 5, decay: 0 },
      { kind: 'table', values: [3, 3, 0] },
    ];
    expect(good.flatMap(valuationFaults)).toEqual([]);
  });
  it('names the entry at which a table rises', () => {
    expect(valuationFaults({ kind: 'table', values: [5, 4, 4.5] })).toEqual([
      { path: '.values[2]', message: 'rises from 4 to 4.5; a later completion is never worth more' },
    ]);
  });
  it('says that a product is too large where it is the product', () => {
    const rest = 'must be at most 1000000000: 3000 times 5000000 is 15000000000';
    expect(valuationFaults({ kind: 'sigmoid', scale: 3000, tau: 5_000_000, width: 1 })).toEqual([
      { path: '.scale', message: `times tau ${rest}` },
      { path: '.tau', message: `times scale ${rest}` },
    ]);
  });
  it.each<[Valuation, string]>([
    [{ kind: 'sigmoid', scale: -1, tau: 1, width: 3 }, '.scale'],
    [{ kind: 'sigmoid', scale: 1, tau: 1, width: 0 }, '.width'],
    [{ kind: 'sigmoid', scale: 1e9, tau: 2, width: 1 }, '.scale'],
    [{ kind: 'deadline', value: Number.NaN, deadline: 1 }, '.value'],
    [{ kind: 'linear', value: 1, decay: Infinity }, '.decay'],
    [{ kind: 'table', values: [1, -1] }, '.values[1]'],
  ])('refuses %j', (valuation, path) => {
    expect(valuationFaults(valuation).map((fault) => fault.path)).toContain(path);
  });
});
