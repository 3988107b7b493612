import type { TrainingBid, TrainingJob, TrainingOracle } from '#kinds';
import { admit, applyFootprint, type Book, createBook, type MarketSpec, type PriceRule, type Valuation } from '#mechanism';
import { micros, type Milli } from '#units';
import fc from 'fast-check';

const milli = (low: number, high: number, step = 1000): fc.Arbitrary<Milli> =>
  fc.integer({ min: low, max: high }).map((units) => (units * step) as Milli);
const gammas = fc.constantFrom(1, 2, 30, 1000);

const RESOURCES = ['gpu', 'cpu', 'memoryGB'];

const paperArb = (resourceCount: number): fc.Arbitrary<PriceRule> =>
  fc
    .record({
      gamma: fc.array(gammas, { minLength: 1 + resourceCount, maxLength: 1 + resourceCount }),
      reserve: fc.constantFrom(0n, 0n, 50_000n),
    })
    .map(({ gamma, reserve }) => ({
      kind: 'paper',
      gamma: Object.fromEntries(gamma.map((each, kind) => [['bandwidth', ...RESOURCES][kind], each])),
      unit: micros(1_000_000n),
      reserve: micros(reserve),
    }));

const levels = fc.constantFrom(0n, 1n, 333_333n, 20_000_000n, 400_000_000n).map(micros);
/** Cheap to dear; with levels of their own for bandwidth or the first resource, which every market has. */
const flatArb: fc.Arbitrary<PriceRule> = fc.record({
  kind: fc.constant('flat' as const),
  level: levels,
  levels: fc.oneof(fc.constant({}), fc.record({ bandwidth: levels }), fc.record({ gpu: levels })),
});

/** Small markets of every temper: idle or dear bandwidth, uneven sites, reserve prices, up to three resources. */
export const marketArb: fc.Arbitrary<MarketSpec> = fc.integer({ min: 1, max: 3 }).chain((resourceCount) =>
  fc
    .record({
      sites: fc.array(fc.array(milli(0, 12), { minLength: resourceCount, maxLength: resourceCount }), { minLength: 1, maxLength: 4 }),
      slotCount: fc.integer({ min: 1, max: 6 }),
      chunkKB: milli(1, 10),
      bandwidthKB: milli(0, 300),
      prices: fc.oneof({ arbitrary: paperArb(resourceCount), weight: 2 }, flatArb),
    })
    .map(({ sites, ...rest }) => ({
      ...rest,
      resources: RESOURCES.slice(0, resourceCount),
      sites: sites.map((capacityMilli, index) => ({ id: `site-${index}`, capacityMilli })),
    })),
);

/** @param chunksMax chunks at one site: decides how long the exact oracle core takes. */
export const jobArb = ({ sites, resources }: MarketSpec, chunksMax = 5): fc.Arbitrary<TrainingJob> =>
  fc.record({
    chunks: fc.array(fc.integer({ min: 0, max: chunksMax }), { minLength: sites.length, maxLength: sites.length }),
    epochs: fc.integer({ min: 1, max: 6 }),
    throughputMilli: milli(5, 100, 100),
    parameterKB: milli(0, 40),
    workerMilli: fc.array(milli(0, 3), { minLength: resources.length, maxLength: resources.length }),
    psMilli: fc.array(milli(0, 3), { minLength: resources.length, maxLength: resources.length }),
  });

const credits = fc.integer({ min: 0, max: 2000 });

export const valuationArb: fc.Arbitrary<Valuation> = fc.oneof(
  fc.record({
    kind: fc.constant('sigmoid' as const),
    scale: credits,
    tau: fc.double({ min: 1, max: 2, noNaN: true }),
    width: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({ kind: fc.constant('deadline' as const), value: credits, deadline: fc.integer({ min: 0, max: 6 }) }),
  fc.record({ kind: fc.constant('linear' as const), value: credits, decay: fc.integer({ min: 0, max: 400 }) }),
  fc.array(credits, { maxLength: 7 }).map((values) => ({ kind: 'table' as const, values: values.sort((a, b) => b - a) })),
);

export const bidArb = (spec: MarketSpec): fc.Arbitrary<TrainingBid> => fc.record({ job: jobArb(spec), valuation: valuationArb });

/** A bid and the slot from which its job may run. */
export interface ArrivingBid {
  readonly bid: TrainingBid;
  readonly arrival: number;
}

/** A market and bids in order of arrival. */
export const sequenceArb = (maxLength: number): fc.Arbitrary<{ spec: MarketSpec; bids: readonly ArrivingBid[] }> =>
  marketArb.chain((spec) =>
    fc
      .array(fc.record({ bid: bidArb(spec), arrival: fc.integer({ min: 0, max: spec.slotCount - 1 }) }), { maxLength })
      .map((bids) => ({ spec, bids: bids.sort((a, b) => a.arrival - b.arrival) })),
  );

/** A market in which some bids were decided before, and a job that arrives in it. @param chunksMax as of jobArb. */
export const marketWithJob = (chunksMax: number) =>
  sequenceArb(8).chain(({ spec, bids }) =>
    fc.record({
      spec: fc.constant(spec),
      bids: fc.constant(bids),
      job: jobArb(spec, chunksMax),
      arrival: fc.integer({ min: 0, max: spec.slotCount - 1 }),
    }),
  );

/** A market in which some bids were decided before: its book, and what made it. */
export function bookAfter({ spec, bids }: { spec: MarketSpec; bids: readonly ArrivingBid[] }, oracle: TrainingOracle): Book {
  const book = createBook(spec, 0);
  for (const { bid, arrival } of bids) {
    const decision = admit({ book, bid, arrival, oracle });
    if (decision.kind === 'accepted') applyFootprint(book, decision.footprint);
  }
  return book;
}

/** Runs of a property, and its seed: printed, so that a failure can be run again. */
export function seeded(name: string, numRuns: number, seed = 20_240_623): fc.Parameters<unknown> & { seed: number } {
  process.stdout.write(`${name}: seed ${seed}, ${numRuns} runs\n`);
  return { seed, numRuns };
}
