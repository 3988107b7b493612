import type { AnswerOf } from '#contracts';
import type { DensityOutcome } from '#market';
import { formatMicros } from '#units';

const PERCENT_UNITS = 10_000_000; // shares are thousand-millionths

/** What a bid reports of demand, as the API tells it. */
export const densityView = ({
  bidId,
  state,
  resources,
  stored,
}: Extract<DensityOutcome, { kind: 'density' }>): AnswerOf<'readDensity'> => ({
  bidId: bidId.toString(),
  state,
  density: stored ? formatMicros(stored.levelMicros) : null,
  slots: stored?.slots ?? null,
  percent: Object.fromEntries(
    ['bandwidth', ...resources].flatMap((name, kind) => (stored ? [[name, (stored.shares[kind] ?? 0) / PERCENT_UNITS] as const] : [])),
  ),
  standsFor: stored?.weight ?? null,
});
