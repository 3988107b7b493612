import { z } from 'zod';
import { INSTANCE_LIMITS as LIMITS } from './instance.js';

const quantity = z.number().min(0).max(LIMITS.amount);
const positive = z.number().gt(0).max(LIMITS.amount);
const count = (max: number) => z.number().int().min(0).max(max);
const amounts = z.record(z.string(), quantity);
const label = z.string().min(1).max(200);

const valuation = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('sigmoid'), scale: quantity, tau: quantity, width: positive }),
    z.object({ kind: z.literal('deadline'), value: quantity, deadline: count(LIMITS.slots) }),
    z.object({ kind: z.literal('linear'), value: quantity, decay: quantity }),
    z.object({ kind: z.literal('table'), values: z.array(quantity).max(LIMITS.slots) }),
  ],
  { error: 'unknown valuation kind: expected sigmoid, deadline, linear or table' },
);

const gamma = z.record(z.string(), z.number().min(1).max(LIMITS.amount));
const prices = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('paper').optional(), gamma, unit: quantity, reserve: quantity }),
    z.object({ kind: z.literal('flat'), level: quantity, levels: amounts.optional() }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'unknown rule of prices: expected paper or flat' : undefined) },
);

const job = z.object({
  id: label,
  model: z.string().optional(),
  arrival: count(LIMITS.slots),
  valuation,
  chunks: z.array(count(LIMITS.chunksPerSite)),
  epochs: z.number().int().min(1).max(LIMITS.epochs),
  throughput: positive,
  parameterMB: quantity,
  worker: amounts,
  ps: amounts,
});

/** The shape of eris-instance/1; what one field says about another is checked in parse-instance.ts. Unknown fields are ignored. */
export const instanceSchema = z.object({
  format: z.literal('eris-instance/1'),
  name: z.string().max(200),
  slots: z.number().int().min(1).max(LIMITS.slots),
  slotMinutes: positive,
  chunkMB: positive,
  bandwidthMB: quantity,
  resources: z.array(label).min(1).max(LIMITS.resources),
  prices,
  sites: z
    .array(z.object({ id: label, capacity: amounts }))
    .min(1)
    .max(LIMITS.sites),
  occupancy: z.object({ bandwidthMB: z.array(quantity), sites: z.array(z.array(amounts)) }).optional(),
  jobs: z.array(job).max(LIMITS.jobs),
});
