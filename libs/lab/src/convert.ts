import type { TrainingBid } from '#kinds';
import type { MarketSpec, PriceRule } from '#mechanism';
import { demandMilli, MICROS_PER_CREDIT, micros, supplyMilli, type Micros } from '#units';
import type { Amounts, Instance, InstanceJob, InstancePrices } from './instance.js';

/** A decimal amount of credits as micro-credits, rounded half up. */
export const creditsToMicros = (credits: number): Micros => micros(BigInt(Math.round(credits * Number(MICROS_PER_CREDIT))));

/** Micro-credits as a decimal number of credits (at most 6 fraction digits, as eris-result/1 wants them). */
export const microsToCredits = (amount: bigint): number => Number(amount) / Number(MICROS_PER_CREDIT);

/** The market of an instance: its window is the instance's slots; capacities are rounded down, the size of a chunk up. */
export function toMarketSpec({ resources, sites, slots, chunkMB, bandwidthMB, prices }: Instance): MarketSpec {
  return {
    resources,
    sites: sites.map(({ id, capacity }) => ({ id, capacityMilli: inOrder(capacity, resources).map(supplyMilli) })),
    slotCount: slots,
    chunkKB: demandMilli(chunkMB),
    bandwidthKB: supplyMilli(bandwidthMB),
    prices: toPriceRule(prices),
  };
}

function toPriceRule(prices: InstancePrices): PriceRule {
  if (prices.kind !== 'flat')
    return { kind: 'paper', gamma: prices.gamma, unit: creditsToMicros(prices.unit), reserve: creditsToMicros(prices.reserve) };
  const levels = Object.entries(prices.levels ?? {}).map(([name, level]) => [name, creditsToMicros(level)] as const);
  return { kind: 'flat', level: creditsToMicros(prices.level), levels: Object.fromEntries(levels) };
}

/** A job of an instance as a bid: what it asks for is rounded up, what a worker does in a slot down. */
export function toBid(job: InstanceJob, resources: readonly string[]): TrainingBid {
  return {
    job: {
      chunks: job.chunks,
      epochs: job.epochs,
      throughputMilli: supplyMilli(job.throughput),
      parameterKB: demandMilli(job.parameterMB),
      workerMilli: inOrder(job.worker, resources).map(demandMilli),
      psMilli: inOrder(job.ps, resources).map(demandMilli),
    },
    valuation: job.valuation,
  };
}

/** What is used of a slot before the first job, in the cells layout; rounded up, but not above the capacity. Undefined where nothing is. */
export function occupancyOf({ occupancy, resources, bandwidthMB, sites }: Instance, slot: number): readonly number[] | undefined {
  if (!occupancy) return undefined;
  const used = [occupancy.bandwidthMB[slot] ?? 0, ...(occupancy.sites[slot] ?? []).flatMap((amounts) => inOrder(amounts, resources))];
  const capacity = [bandwidthMB, ...sites.flatMap((site) => inOrder(site.capacity, resources))];
  return used.map((amount, cell) => Math.min(demandMilli(amount), supplyMilli(capacity[cell] ?? 0)));
}

const inOrder = (amounts: Amounts, resources: readonly string[]): readonly number[] => resources.map((name) => amounts[name] ?? 0);
