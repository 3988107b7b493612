import type { MarketSpec } from '#mechanism';
import type { Milli } from '#units';
import { footprintOf } from './footprint.js';
import type { TrainingJob } from './job.js';

const milli = (amount: number): Milli => amount as Milli;
const site = (id: string) => ({ id, capacityMilli: [milli(8_000)] });
const spec: MarketSpec = {
  resources: ['gpu'],
  sites: [site('a'), site('b')],
  slotCount: 4,
  chunkKB: milli(2_000),
  bandwidthKB: milli(50_000),
  prices: { kind: 'flat', level: 0n, levels: {} },
} as unknown as MarketSpec;
const job = { parameterKB: milli(500), workerMilli: [milli(1_000)], psMilli: [milli(250)] } as unknown as TrainingJob;
const schedule = [{ slot: 2, ps: 0, workers: [2, 1], moves: [{ home: 0, place: 1, chunks: 3 }], home: [4, 0] }];
const taken = [{ slot: 2, cells: [0, 1, 2], quantitiesMilli: [6_500, 2_250, 1_000] }];

it('takes workers and the server of each site, and the traffic between sites', () => {
  expect(footprintOf(spec, job, schedule)).toEqual(taken);
});

it('takes nothing of sites that were added after the schedule was sold', () => {
  expect(footprintOf({ ...spec, sites: [...spec.sites, site('c')] }, job, schedule)).toEqual(taken);
});

it('is of no market with fewer sites', () => {
  expect(() => footprintOf({ ...spec, sites: [site('a')] }, job, schedule)).toThrow('never removed');
});
