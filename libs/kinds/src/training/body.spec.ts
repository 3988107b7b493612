import fc from 'fast-check';
import { type BidContext, type BidReading, createKinds, type TrainingBody, trainingKind } from '../index.js';

const kinds = createKinds([trainingKind()]);
const toBid = (given: TrainingBody, market: BidContext): BidReading => kinds.parse(given, market);
const readabilityIn = (market: BidContext): ((given: TrainingBody) => boolean) => kinds.readabilityIn(market);

const context = {
  sites: [
    { id: '17', ordinal: 0 },
    { id: '21', ordinal: 1 },
  ],
  resources: ['gpu', 'cpu'],
};
const body: TrainingBody = {
  valuation: { kind: 'deadline', value: 100, deadline: 3 },
  chunks: { '21': 5 },
  epochs: 20,
  throughput: 24.5,
  parameterMB: 97.4,
  worker: { gpu: 1, cpu: 2.5 },
  ps: { cpu: 1 },
};
const pathsOf = (reading: BidReading): string[] => (reading.kind === 'faults' ? reading.faults.map((fault) => fault.path) : []);

describe('a body of a training job', () => {
  it('reads a body in the order of the market, absent sites and resources as zero', () => {
    expect(toBid(body, context)).toMatchObject({
      kind: 'bid',
      bid: {
        valuation: body.valuation,
        job: { chunks: [0, 5], epochs: 20, throughputMilli: 24_500, parameterKB: 97_400, workerMilli: [1_000, 2_500], psMilli: [0, 1_000] },
      },
    });
  });

  it('never asks for less than the body does: demand up, work down', () => {
    const reading = toBid({ ...body, parameterMB: 1.0001, throughput: 24.9999, worker: { gpu: 0.3334 } }, context);
    expect(reading).toMatchObject({ bid: { job: { parameterKB: 1_001, throughputMilli: 24_999, workerMilli: [334, 0] } } });
  });

  it.each<[string, Partial<TrainingBody>, string[]]>([
    ['an unknown site', { chunks: { '18': 1 } }, ['$.chunks.18']],
    ['negative chunks', { chunks: { '17': -1 } }, ['$.chunks.17']],
    ['fractional chunks', { chunks: { '17': 1.5 } }, ['$.chunks.17']],
    ['no epochs', { epochs: 0 }, ['$.epochs']],
    ['no throughput', { throughput: 0.0001 }, ['$.throughput']],
    ['a volume that is no number', { parameterMB: NaN }, ['$.parameterMB']],
    ['an unknown resource', { worker: { tpu: 1 } }, ['$.worker.tpu']],
    [
      'a resource named like a member of every object',
      { ps: JSON.parse('{"__proto__": 1}') as Record<string, number> },
      ['$.ps.__proto__'],
    ],
    ['a rising table', { valuation: { kind: 'table', values: [1, 2] } }, ['$.valuation.values[1]']],
    ['several things at once', { epochs: -1, worker: { gpu: -1 } }, ['$.epochs', '$.worker.gpu']],
  ])('says where there is %s', (_, change, paths) => {
    expect(pathsOf(toBid({ ...body, ...change }, context))).toEqual(paths);
  });

  it('lists a bounded number of faults', () => {
    const chunks = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x${index}`, 1]));
    expect(pathsOf(toBid({ ...body, chunks }, context))).toHaveLength(20);
  });
});

describe('whether such a body is readable', () => {
  const number = fc.oneof(
    { weight: 12, arbitrary: fc.nat(1_000) },
    { weight: 1, arbitrary: fc.constantFrom(-1, -0, 0, 0.0009, 0.001, 0.5, NaN, Infinity, 1_000_001, 1_000_000_001) },
  );
  const named = (...names: string[]) => fc.dictionary(fc.constantFrom(...names), number, { maxKeys: 3, noNullPrototype: true });
  const bodies = fc.record<TrainingBody>({
    valuation: fc.oneof(
      fc.record({ kind: fc.constant('deadline' as const), value: number, deadline: number }),
      fc.record({ kind: fc.constant('table' as const), values: fc.array(number, { maxLength: 2 }) }),
    ),
    chunks: named('17', '17', '21', '21', '22'),
    epochs: number,
    throughput: number,
    parameterMB: number,
    worker: named('gpu', 'cpu', 'gpu', 'cpu', 'toString'),
    ps: named('gpu', 'cpu', 'gpu', 'cpu', 'gpu', 'cpu', '21'),
  });

  it('says what reading it says', () => {
    const isReadable = readabilityIn(context);
    const seen = { bid: 0, faults: 0 };
    const property = fc.property(bodies, (given) => {
      const { kind } = toBid(given, context);
      seen[kind] += 1;
      expect(isReadable(given)).toBe(kind === 'bid');
    });
    fc.assert(property, { seed: 20_261_128, numRuns: 3_000 });
    expect(Math.min(seen.bid, seen.faults)).toBeGreaterThan(300);
  });

  it('is not taken in by names that every object has', () => {
    expect(readabilityIn(context)({ ...body, ps: JSON.parse('{"__proto__": 1}') as Record<string, number> })).toBe(false);
  });
});
