import {
  count,
  type Fields,
  id,
  isCount,
  isFields,
  isPositive,
  isQuantity,
  LIMITS,
  positive,
  quantities,
  quantity,
  recordOf,
  slot,
} from '#contracts';
import { canonicalJson } from '#units';
import { z } from 'zod';
import type { KindWire } from '../kind.js';
import type { Schedule } from './job.js';

const totalOf = (perSite: Readonly<Record<string, number>>): number => Object.values(perSite).reduce((sum, chunks) => sum + chunks, 0);

const chunks = recordOf(count(0, LIMITS.chunksPerBid), {
  names: LIMITS.sitesPerBid,
  message: `must name at most ${LIMITS.sitesPerBid} sites`,
}).refine((perSite) => totalOf(perSite) <= LIMITS.chunksPerBid, {
  error: ({ input }) => `must hold at most ${LIMITS.chunksPerBid} chunks in all; these are ${totalOf(input as Record<string, number>)}`,
});

const perSite = z.record(id, z.number());
const slotPlan = z.strictObject({
  slot,
  ps: id,
  workers: perSite,
  moves: z.array(z.strictObject({ from: id, to: id, chunks: z.number() })),
  home: perSite,
});

function isPlainChunks(value: unknown): boolean {
  if (!isFields(value)) return false;
  let sites = 0,
    total = 0;
  for (const site in value) {
    const chunksThere = value[site];
    if (!isCount(chunksThere, 0, LIMITS.chunksPerBid)) return false;
    sites += 1;
    total += chunksThere as number;
  }
  return sites <= LIMITS.sitesPerBid && total <= LIMITS.chunksPerBid;
}

function isPlainVolumes(value: unknown): boolean {
  if (!isFields(value)) return false;
  for (const name in value) if (!isQuantity(value[name])) return false;
  return true;
}

const isPlain = (body: Fields): boolean =>
  isCount(body.epochs, 1, LIMITS.epochs) &&
  isPositive(body.throughput) &&
  isQuantity(body.parameterMB) &&
  isPlainChunks(body.chunks) &&
  isPlainVolumes(body.worker) &&
  isPlainVolumes(body.ps);

/** The fields are known, so nothing is sorted. */
function text(body: Fields): string {
  const { chunks: perHome, continues, epochs, label, onFailure, parameterMB, ps, throughput, valuation, worker } = body;
  const named = label === undefined ? '' : `"label":${JSON.stringify(label)},`;
  const linked = continues === undefined ? '' : `"continues":${JSON.stringify(continues)},`;
  const failing = onFailure === undefined ? '' : `"onFailure":${JSON.stringify(onFailure)},`;
  return (
    `{"chunks":${canonicalJson(perHome)},${linked}"epochs":${epochs as number},${named}${failing}"parameterMB":${parameterMB as number},"ps":${canonicalJson(ps)},` +
    `"throughput":${throughput as number},"valuation":${canonicalJson(valuation)},"worker":${canonicalJson(worker)}}`
  );
}

/** Training jobs and their schedules as the API writes them: sites by their ids, volumes in units. */
export const trainingWire: KindWire<Schedule> = {
  name: 'training',
  body: { chunks, epochs: count(1, LIMITS.epochs), throughput: positive, parameterMB: quantity, worker: quantities, ps: quantities },
  isPlain,
  text,
  allocation: { schedule: z.array(slotPlan) },
  tell(plan, siteIdOf) {
    const bySite = (counts: readonly number[]) =>
      Object.fromEntries(counts.flatMap((there, ordinal) => (there > 0 ? [[siteIdOf(ordinal), there]] : [])));
    const schedule = plan.map(({ slot: at, ps, workers, moves, home }) => ({
      slot: at,
      ps: siteIdOf(ps),
      workers: bySite(workers),
      moves: moves.map((move) => ({ from: siteIdOf(move.home), to: siteIdOf(move.place), chunks: move.chunks })),
      home: bySite(home),
    }));
    return { schedule };
  },
};
