import fc from 'fast-check';
import { type BodyForm, bidFormsOf, LIMITS } from '#contracts';
import { trainingWire } from './wire.js';

const { body: bidBody, item: bulkItem } = bidFormsOf([trainingWire]);
const { isPlain: isPlainBid } = bidBody;
const { isPlain: isPlainBulkItem } = bulkItem;

const SEED = 20_261_122;
const RUNS = 5_000;

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    -1,
    -0.001,
    0,
    0.0009,
    0.001,
    1,
    1.5,
    LIMITS.quantity,
    LIMITS.quantity + 1,
    LIMITS.chunksPerBid,
    10_001,
    1e300,
    '1',
    null,
  ),
  fc.constantFrom<unknown>([], {}, true, '', 'x', { a: 1 }, [1], Number.MAX_SAFE_INTEGER),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const either = (good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: odd });
const quantity = fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 1000, noNaN: true }));
const positive = fc.double({ min: 0.001, max: 1000, noNaN: true });
const fields = (record: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 10, arbitrary: fc.record(record) },
    { weight: 1, arbitrary: fc.record(record, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.record({ ...record, extra: odd }) },
  );
const falling = (worths: readonly number[]): number[] => [...worths].sort((one, other) => other - one);
const values = fc.oneof(
  { weight: 4, arbitrary: fc.array(quantity, { maxLength: 6 }).map(falling) },
  { weight: 1, arbitrary: fc.array(either(quantity), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.nat(1).map((more) => new Array<number>(LIMITS.horizonSlots + more).fill(1)) },
);
const valuation = fc.oneof(
  fields({ kind: fc.constant('sigmoid'), scale: either(quantity), tau: either(quantity), width: either(positive) }),
  fields({ kind: fc.constant('deadline'), value: either(quantity), deadline: either(fc.nat(LIMITS.horizonSlots)) }),
  fields({ kind: fc.constant('linear'), value: either(quantity), decay: either(quantity) }),
  fields({ kind: fc.constantFrom('table', 'table', 'toString', 'sigmoid'), values: either(values) }),
);
const volumes = fc.dictionary(fc.constantFrom('gpu', 'cpu', 'a b'), either(quantity), { maxKeys: 3, noNullPrototype: true });
const chunks = fc.dictionary(fc.integer({ min: 1, max: 40 }).map(String), either(fc.nat(3_000)), { maxKeys: 12, noNullPrototype: true });
const label = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme', maxLength: 110 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(LIMITS.nameLength), 'x'.repeat(LIMITS.nameLength + 1), '\ud800', '\u0085', '') },
  { weight: 1, arbitrary: odd },
);
const bidFields = {
  kind: fc.oneof({ weight: 20, arbitrary: fc.constantFrom(undefined, 'training') }, { weight: 1, arbitrary: odd }),
  label,
  valuation: either(valuation),
  chunks: either(chunks),
  epochs: either(fc.integer({ min: 1, max: LIMITS.epochs })),
  throughput: either(positive),
  parameterMB: either(quantity),
  worker: either(volumes),
  ps: either(volumes),
};
const key = either(fc.string({ maxLength: 210 }));

/** As it comes off the wire. */
const parsed = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

it.each<[string, fc.Arbitrary<unknown>, BodyForm<{ readonly label?: string | undefined }>]>([
  ['a bid', fields(bidFields), bidBody],
  ['an item of many', fields({ ...bidFields, idempotencyKey: key }), bulkItem],
])('takes for plain only what the schema takes as it is: %s', (_, arbitrary, { isPlain, safeParse }) => {
  let plain = 0,
    labelled = 0;
  const property = fc.property(arbitrary, (value) => {
    const body = parsed(value);
    if (!isPlain(body)) return;
    plain += 1;
    if (body.label !== undefined) labelled += 1;
    expect(safeParse(body)).toEqual({ success: true, data: body });
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(plain).toBeGreaterThan(RUNS / 50);
  expect(labelled).toBeGreaterThan(RUNS / 200);
});

it('takes the bids of the paper for plain', () => {
  const bid = {
    valuation: { kind: 'sigmoid', scale: 3000, tau: 1.957626, width: 3 },
    chunks: { 101: 2, 102: 0 },
    epochs: 20,
    throughput: 24,
    parameterMB: 169.9,
    worker: { gpu: 0, cpu: 2 },
    ps: { gpu: 0, cpu: 2 },
  };
  expect(isPlainBid(bid)).toBe(true);
  expect(isPlainBid({ ...bid, kind: 'training' })).toBe(true);
  for (const kind of ['lease', 'toString', null, 7]) expect(isPlainBid({ ...bid, kind })).toBe(false);
  expect(isPlainBulkItem({ ...bid, idempotencyKey: 'a-1' })).toBe(true);
  expect(isPlainBid({ ...bid, label: 'resnet-101 / ü' })).toBe(true);
  expect(isPlainBulkItem({ ...bid, label: 'x', idempotencyKey: 'a-1' })).toBe(true);
  expect(isPlainBid({ ...bid, valuation: { kind: 'table', values: [3, 3, 0] } })).toBe(true);
  for (const label of ['', '\n', '\ud800', 'x'.repeat(LIMITS.nameLength + 1), null, 7]) expect(isPlainBid({ ...bid, label })).toBe(false);
});

it('says which kinds there are where a bid names another one', () => {
  const parsedKind = bidBody.safeParse({ kind: 'lease' });
  expect(parsedKind.error?.issues).toMatchObject([
    { path: ['kind'], message: expect.stringContaining('the kinds are training') as string },
  ]);
});
