import { formatMicros, type Micros, parseMicros } from '#units';

/** An amount in credits as the API tells it, for people: grouped, with two digits or as many as it has. No floating point. */
export function credits(amount: string | bigint | null | undefined): string {
  const text = typeof amount === 'bigint' ? formatMicros(amount) : (amount ?? '');
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return '–';
  const [, sign = '', whole = '0', fraction = ''] = match;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign === '-' ? '−' : ''}${grouped}.${fraction.padEnd(2, '0')}`;
}

/** The same, rounded to whole credits, for figures that are read at a glance. */
export function roundCredits(amount: string | bigint): string {
  const micros = typeof amount === 'bigint' ? amount : microsOf(amount);
  const half = micros < 0n ? -500_000n : 500_000n;
  return credits(((micros + half) / 1_000_000n) * 1_000_000n).replace(/\.00$/, '');
}

/** An amount of the API as micro-credits; nothing where it is no amount. */
export const microsOf = (text: string | null | undefined): Micros => parseMicros(text ?? '') ?? (0n as Micros);

/** An amount for a chart's axis: a double is near enough to be drawn. */
export const drawn = (text: string): number => Number(text);

/** The sum of amounts. */
export const sumOf = (amounts: readonly string[]): bigint => amounts.reduce((sum, text) => sum + microsOf(text), 0n);
