import { createKinds, type JobKind, trainingKind } from './index.js';

const training = trainingKind();
const renamed = (name: string, change: Partial<JobKind> = {}): JobKind => ({
  ...training,
  name,
  wire: { ...training.wire, name },
  ...change,
});

describe('a list of kinds', () => {
  it('has the kind of bodies that name none first, and says which names it has', () => {
    const kinds = createKinds([training, renamed('other')]);
    const valuation = { kind: 'deadline', value: 1, deadline: 1 } as const;
    expect(kinds.names).toEqual(['training', 'other']);
    expect([kinds.of({}).name, kinds.of({ kind: 'other' }).name]).toEqual(['training', 'other']);
    expect(kinds.parse({ kind: 'lease', valuation }, { sites: [], resources: [] })).toEqual({
      kind: 'faults',
      faults: [{ path: '$.kind', message: 'is no kind of job here; the kinds are training, other' }],
    });
  });

  it.each<[string, readonly JobKind[], string]>([
    ['no kind', [], 'there is a kind of job'],
    ['a name twice', [training, training], 'names of their own: training, training'],
    ['a wire of another name', [renamed('other', { wire: training.wire })], 'is written by its name'],
    ['an example without its form', [renamed('other', { example: { chunks: {} } })], 'has an example that has its form'],
    ['an example that cannot be read', [renamed('other', { example: { ...training.example, chunks: { 9: 1 } } })], 'reads its example'],
    [
      'an example that is too large',
      [renamed('other', { example: { ...training.example, worker: { gpu: 99 } } })],
      'an empty market accepts',
    ],
    [
      'plans that do not come back',
      [renamed('other', { plan: { write: () => 1, read: () => undefined } })],
      'the same once they were stored',
    ],
    [
      'plans that come back changed',
      [renamed('other', { plan: { ...training.plan, read: (json) => training.plan.read(json)?.slice(0, 0) } })],
      'the same once they were stored',
    ],
    ['plans that break its rules', [renamed('other', { validate: () => [{ rule: 'X1', detail: '' }] })], 'finds its own plans valid'],
  ])('is not made with %s', (_, list, why) => {
    expect(() => createKinds(list)).toThrow(why);
  });
});
