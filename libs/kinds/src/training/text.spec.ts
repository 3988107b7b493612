import { bidFormsOf } from '#contracts';
import { canonicalJson } from '#units';
import type { TrainingBody } from './body.js';
import { trainingWire } from './wire.js';

const { text: bidText } = bidFormsOf([trainingWire]);

const body: TrainingBody = {
  worker: { gpu: 1, cpu: 2.5, 'a "b"': 1e-7 },
  valuation: { kind: 'sigmoid', scale: 3000, tau: 1.957626, width: 3 },
  throughput: 24.5,
  ps: {},
  parameterMB: -0,
  epochs: 20,
  chunks: { 9: 1, 10: 2, 101: 0 },
};

it.each<[string, TrainingBody]>([
  ['without a label', body],
  ['with a label', { ...body, label: 'a "label" ü' }],
  ['worth a table', { ...body, valuation: { kind: 'table', values: [1e21, 0.1, 0] } }],
])('writes a bid %s as any value is written', (_, bid) => {
  expect(bidText(bid)).toBe(canonicalJson(bid));
});

it('leaves out what is not of the bid', () => {
  expect(bidText({ ...body, idempotencyKey: 'a' } as TrainingBody)).toBe(canonicalJson(body));
});

it('is the same whether it names the kind or not: they are one request', () => {
  expect(bidText({ ...body, kind: 'training' })).toBe(canonicalJson(body));
});
