import { type BidBody, type Kinds, standardKinds } from '#kinds';
import { createPrng, type Instance, type InstanceJob, paperWorkload, type Setting, toMarketSpec } from '#lab';
import { type MarketState, newestTerms } from '#market';
import { valueAt } from '#mechanism';
import { micros, supplyMilli } from '#units';
import { AfterSaleMarket } from '../../test/support/after-sale-market.js';
import { isPayoffInside } from '../../test/support/after-sale-histories.js';

/** What random outages did to one instance. */
export interface OutageRun {
  readonly accepted: number;
  /** Allocations that were hit at least once; of those: done in the end, done when they were sold to be. */
  readonly hit: number;
  readonly repaired: number;
  readonly onTime: number;
  /** What was completed was worth so much, credits: without failures, by the contract, and where all comes back of everything that is hit. */
  readonly welfare: number;
  readonly kept: number;
  readonly refunded: number;
  readonly payoffOutside: number;
  readonly repairMs: readonly number[];
}

/** So many of a thousand site-slots fail. */
export interface OutageCase {
  readonly setting: Setting;
  readonly jobs: number;
  readonly failPerMille: number;
  readonly seed: number;
}

const MICROS = 1_000_000;
/** A flat level, credits: what the demo's market of that rule posts. */
const FLAT = micros(500n * 1_000_000n);

/** Nothing is left of what has failed: of everything that is hit all comes back. */
function refunding(): Kinds {
  const kinds = standardKinds();
  return {
    ...kinds,
    parse: (body, context) => {
      const reading = kinds.parse(body, context);
      if (reading.kind !== 'bid') return reading;
      return { ...reading, bid: { ...reading.bid, kind: { ...reading.bid.kind, rest: () => undefined } } };
    },
  };
}

/** The same bids in the same market three times: without failures, with them, and with all money back for everything that is hit. */
export function playOutages({ setting, jobs, failPerMille, seed }: OutageCase): OutageRun {
  const instance = paperWorkload({ kind: setting, jobs, seed });
  const random = createPrng(seed + 1_000_000);
  const fails = Array.from({ length: instance.slots }, (_, slot) =>
    instance.sites.map(() => random.below(1_000) < failPerMille && slot > 0),
  );
  const repairMs: number[] = [];
  const calm = play(instance, { fails: [] });
  const repaired = play(instance, { fails, onHit: (ms) => void repairMs.push(ms) });
  const refunded = play(instance, { fails, repairKinds: refunding() });
  const hit = [...repaired.told.values()].filter(({ hits }) => hits > 0);
  return {
    accepted: repaired.told.size,
    hit: hit.length,
    repaired: hit.filter(({ completion }) => completion !== undefined).length,
    onTime: hit.filter(({ completion, promised }) => completion !== undefined && completion <= promised).length,
    welfare: worthOf(calm),
    kept: worthOf(repaired),
    refunded: worthOf(refunded),
    payoffOutside: [...repaired.told.values()].filter((told) => !isPayoffInside(told)).length,
    repairMs,
  };
}

interface Played {
  /** By slot and site. */
  readonly fails: readonly (readonly boolean[])[];
  readonly repairKinds?: Kinds;
  readonly onHit?: (ms: number) => void;
}

/** A site that fails in a slot is off sale in that slot, from its beginning on and not before. */
function play(instance: Instance, { fails, ...how }: Played): AfterSaleMarket {
  const market = new AfterSaleMarket({ start: startOf(instance), ...how });
  for (let slot = 0; slot < instance.slots; slot++) {
    for (const [site, isDown] of (fails[slot] ?? []).entries())
      if (isDown) market.window({ scope: 'site', site, amounts: null, after: 0, length: 1 });
    for (const job of instance.jobs) if (job.arrival === slot) market.bid(bodyOf(job));
    market.clock(1);
  }
  market.clock(instance.slots);
  if (market.broken.length > 0) throw new Error(market.broken.join('\n'));
  return market;
}

function startOf(instance: Instance): MarketState {
  const { chunkKB, bandwidthKB } = toMarketSpec(instance);
  const capacity = (site: Instance['sites'][number]): number[] => instance.resources.map((name) => supplyMilli(site.capacity[name] ?? 0));
  return {
    head: { marketId: 1n, sequence: 1n, status: 'open', clock: 'manual', slot: 0 },
    operatorId: 1n,
    priceVersion: 1n,
    horizonSlots: instance.slots,
    chunkKb: BigInt(chunkKB),
    bandwidthKb: BigInt(bandwidthKB),
    resources: instance.resources,
    terms: newestTerms({ kind: 'flat', level: FLAT, levels: {} }),
    sites: instance.sites.map((site, ordinal) => ({ id: String(ordinal + 1), ordinal, capacityMilli: capacity(site) })),
    usage: [],
  };
}

function bodyOf({ chunks: counts, valuation, epochs, throughput, parameterMB, worker, ps }: InstanceJob): BidBody {
  const chunks = Object.fromEntries(counts.flatMap((count, site) => (count > 0 ? [[String(site + 1), count]] : [])));
  const body = { valuation, chunks, epochs, throughput, parameterMB, worker, ps };
  return body;
}

function worthOf(market: AfterSaleMarket): number {
  let total = 0n;
  for (const { body, arrival, completion } of market.told.values())
    if (completion !== undefined) total += valueAt(body.valuation, completion - arrival);
  return Number(total) / MICROS;
}
