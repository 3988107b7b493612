import { faultLine } from './instance.js';
import { parseInstance } from './parse-instance.js';
import { paperWorkload } from './workload.js';

type Json = Record<string, unknown>;

const job = (change: Json = {}): Json => ({
  id: 'job-1',
  arrival: 0,
  valuation: { kind: 'table', values: [9, 7, 7] },
  chunks: [2, 0],
  epochs: 4,
  throughput: 2.5,
  parameterMB: 97.4,
  worker: { gpu: 1, cpu: 2 },
  ps: { gpu: 0, cpu: 1 },
  ...change,
});
const instance = (change: Json = {}): Json => ({
  format: 'eris-instance/1',
  name: 'tiny',
  slots: 2,
  slotMinutes: 20,
  chunkMB: 2,
  bandwidthMB: 100,
  resources: ['gpu', 'cpu'],
  prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000 }, unit: 1, reserve: 0 },
  sites: [
    { id: 'a', capacity: { gpu: 1, cpu: 4 } },
    { id: 'b', capacity: { gpu: 1, cpu: 4 } },
  ],
  jobs: [job()],
  ...change,
});
const occupancy = (change: Json = {}): Json => {
  const idle = [
    { gpu: 0, cpu: 0 },
    { gpu: 0, cpu: 0 },
  ];
  return { occupancy: { bandwidthMB: [0, 0], sites: [idle, idle], ...change } };
};

function faultsOf(source: unknown): string {
  const parsed = parseInstance(source);
  return parsed.kind === 'faults' ? parsed.faults.map(faultLine).join('\n') : 'none';
}

describe('parseInstance', () => {
  it('reads text and parsed JSON alike', () => {
    expect(parseInstance(JSON.stringify(instance()))).toEqual(parseInstance(instance()));
    expect(parseInstance(instance()).kind).toBe('instance');
  });

  it('reads what the generator makes', () =>
    expect(parseInstance(paperWorkload({ kind: 'testbed', jobs: 30, seed: 1 })).kind).toBe('instance'));
  it('ignores fields that it does not know', () =>
    expect(faultsOf(instance({ comment: 'hello', jobs: [job({ team: 'x' })] }))).toBe('none'));
  it('takes an occupancy up to the capacity', () => expect(faultsOf(instance(occupancy({ bandwidthMB: [100, 0] })))).toBe('none'));
  it('says what is not JSON', () => expect(faultsOf('{"format":')).toMatch(/^\$: not JSON: /));

  it.each<[string, Json, string]>([
    ['another format', { format: 'eris-instance/2' }, '$.format: '],
    ['an unknown valuation', { jobs: [job({ valuation: { kind: 'auctionate' } })] }, '$.jobs[0].valuation.kind: unknown valuation kind'],
    ['negative chunks', { jobs: [job({ chunks: [-1, 0] })] }, '$.jobs[0].chunks[0]: '],
    ['fractional chunks', { jobs: [job({ chunks: [1, 0.5] })] }, '$.jobs[0].chunks[1]: '],
    ['chunks for another number of sites', { jobs: [job({ chunks: [1] })] }, '$.jobs[0].chunks: has 1 entries for 2 sites'],
    ['an amount that is not a number', { bandwidthMB: Number.NaN }, '$.bandwidthMB: '],
    ['an infinite amount', { jobs: [job({ parameterMB: Infinity })] }, '$.jobs[0].parameterMB: '],
    [
      'a rising table',
      { jobs: [job({ valuation: { kind: 'table', values: [5, 6] } })] },
      '$.jobs[0].valuation.values[1]: rises from 5 to 6',
    ],
    ['a falling arrival', { jobs: [job({ arrival: 1 }), job({ id: 'job-2' })] }, '$.jobs[1].arrival: falls from 1 to 0'],
    ['an arrival after the last slot', { jobs: [job({ arrival: 2 })] }, '$.jobs[0].arrival: is 2, but the last slot is 1'],
    ['two jobs of one name', { jobs: [job(), job()] }, '$.jobs[1].id: "job-1" is used before, at index 0'],
    [
      'two sites of one name',
      {
        sites: [
          { id: 'a', capacity: { gpu: 1, cpu: 4 } },
          { id: 'a', capacity: { gpu: 1, cpu: 4 } },
        ],
      },
      '$.sites[1].id: ',
    ],
    ['a missing gamma', { prices: { gamma: { bandwidth: 10, gpu: 10 }, unit: 1, reserve: 0 } }, '$.prices.gamma.cpu: missing gamma'],
    ['a gamma below one', { prices: { gamma: { bandwidth: 0.5, gpu: 10, cpu: 10 }, unit: 1, reserve: 0 } }, '$.prices.gamma.bandwidth: '],
    ['an unknown rule of prices', { prices: { kind: 'steep', level: 1 } }, '$.prices.kind: unknown rule of prices: expected paper or flat'],
    ['flat prices without a level', { prices: { kind: 'flat' } }, '$.prices.level: '],
    [
      'a level of an unknown resource',
      { prices: { kind: 'flat', level: 1, levels: { tpu: 1 } } },
      '$.prices.levels.tpu: unknown resource; the market has bandwidth, gpu, cpu',
    ],
    [
      'a missing capacity',
      {
        sites: [
          { id: 'a', capacity: { gpu: 1 } },
          { id: 'b', capacity: { gpu: 1, cpu: 4 } },
        ],
      },
      '$.sites[0].capacity.cpu: missing amount',
    ],
    ['a worker of an unknown resource', { jobs: [job({ worker: { gpu: 1, cpu: 1, tpu: 2 } })] }, '$.jobs[0].worker.tpu: unknown resource'],
    ['no epochs', { jobs: [job({ epochs: 0 })] }, '$.jobs[0].epochs: '],
    ['no throughput', { jobs: [job({ throughput: 0 })] }, '$.jobs[0].throughput: '],
    ['occupancy over capacity', occupancy({ bandwidthMB: [101, 0] }), '$.occupancy.bandwidthMB[0]: is 101, over the capacity of 100'],
    ['occupancy of too few slots', occupancy({ sites: [] }), '$.occupancy.sites: has 0 entries for 2 slots'],
    [
      'occupancy of too few sites',
      occupancy({
        sites: [
          [],
          [
            { gpu: 0, cpu: 0 },
            { gpu: 0, cpu: 0 },
          ],
        ],
      }),
      '$.occupancy.sites[0]: has 0 entries for 2 sites',
    ],
    [
      'an occupied site over its capacity',
      occupancy({
        sites: [
          [
            { gpu: 2, cpu: 0 },
            { gpu: 0, cpu: 0 },
          ],
          [
            { gpu: 0, cpu: 0 },
            { gpu: 0, cpu: 0 },
          ],
        ],
      }),
      '$.occupancy.sites[0][0].gpu: is 2, over',
    ],
    ['too many slots', { slots: 10_001 }, '$.slots: '],
    ['no sites', { sites: [], jobs: [] }, '$.sites: '],
  ])('refuses %s with its path', (_, change, line) => {
    const faults = faultsOf(instance(change)).split('\n');
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(line);
  });

  it('reports every fault, a line each', () => {
    const faults = faultsOf(instance({ slots: 0, jobs: [job({ epochs: -1, throughput: 'fast' })] })).split('\n');
    expect(faults.map((line) => line.split(':')[0])).toEqual(['$.slots', '$.jobs[0].epochs', '$.jobs[0].throughput']);
  });

  it('stops at a hundred faults', () => {
    expect(faultsOf(instance({ jobs: Array.from({ length: 500 }, () => job({ epochs: -1 })) })).split('\n')).toHaveLength(100);
  });
});
