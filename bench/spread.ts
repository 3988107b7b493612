import { ascending, percentile } from '#lab';
import { mean } from './figures.js';

/** A mean with the half-width of its 95 % interval over cases (normal approximation). */
export function meanWithSpread(values: readonly number[]): { mean: number; halfWidth: number } {
  const centre = mean(values);
  const variance = values.length < 2 ? 0 : values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
  return { mean: centre, halfWidth: 1.96 * Math.sqrt(variance / Math.max(1, values.length)) };
}

/** The middle and the ends: median with the smallest and the largest. */
export function median(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = ascending(values);
  return { median: percentile(sorted, 0.5), low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0 };
}

/** The exponent b of y = a x^b, by least squares on logarithms. */
export function fittedExponent(points: readonly { readonly x: number; readonly y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const [mx, my] = [mean(logs.map(({ x }) => x)), mean(logs.map(({ y }) => y))];
  const covariance = logs.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0);
  const variance = logs.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  return variance === 0 ? 0 : covariance / variance;
}

export const percent = (share: number, digits = 3): string => `${(share * 100).toFixed(digits)} %`;
export const elapsedMs = (since: bigint): number => Number(process.hrtime.bigint() - since) / 1e6;

/** Lines up rows of text; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '))
    .join('\n');
}
