import { LIMITS } from '#contracts';

/**
 * Reads `Prefer: wait=N` (RFC 7240). Preferences that are not understood are ignored, as the RFC says; N, however large, is cut to the limit.
 * @returns seconds, or undefined where waiting was not asked for.
 */
export function waitSecondsOf(header: string | readonly string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  const text = typeof header === 'string' ? header : header.join(',');
  const match = /(?:^|[,;\s])wait\s*=\s*"?(\d+)"?(?=\s*(?:[,;]|$))/i.exec(text);
  return match ? Math.min(Number(match[1]), LIMITS.waitSeconds) : undefined;
}
