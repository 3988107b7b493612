import type { BodyOf } from '#sdk';

/** A training job as a form holds it: text, until it is asked for. */
export interface Draft {
  readonly label: string;
  readonly kind: 'deadline' | 'sigmoid' | 'linear';
  readonly value: string;
  readonly deadline: string;
  readonly tau: string;
  readonly width: string;
  readonly decay: string;
  readonly chunks: Readonly<Record<string, string>>;
  readonly epochs: string;
  readonly throughput: string;
  readonly parameterMB: string;
  readonly worker: Readonly<Record<string, string>>;
  readonly ps: Readonly<Record<string, string>>;
}

const numbers = (texts: Readonly<Record<string, string>>): Record<string, number> =>
  Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, Number(text)]])));

/** A first draft. */
export function firstDraft(resources: readonly string[]): Draft {
  const most = (many: string): Record<string, string> =>
    Object.fromEntries(resources.map((name, index) => [name, index === 0 ? '1' : many]));
  return {
    ...VALUE,
    label: '',
    chunks: {},
    epochs: '20',
    throughput: '24',
    parameterMB: '97.4',
    worker: most('2'),
    ps: Object.fromEntries(resources.map((name, index) => [name, index === 0 ? '' : '1'])),
  };
}

const VALUE = { kind: 'deadline', value: '1000', deadline: '20', tau: '1.4', width: '3', decay: '10' } as const;

const texts = (numbersOf: Readonly<Record<string, number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(numbersOf).map(([name, value]) => [name, String(value)]));

/** A body as a form shows it. @returns undefined for what the form cannot say: another kind of job, a table of values */
export function draftOf(body: object): Draft | undefined {
  const { label, valuation, chunks, epochs, throughput, parameterMB, worker, ps } = body as BodyOf<'placeBid'>;
  if (valuation.kind === 'table' || chunks === undefined) return undefined;
  const value = valuation.kind === 'sigmoid' ? valuation.scale : valuation.value;
  return {
    ...VALUE,
    kind: valuation.kind,
    value: String(value),
    ...(valuation.kind === 'deadline' && { deadline: String(valuation.deadline) }),
    ...(valuation.kind === 'linear' && { decay: String(valuation.decay) }),
    ...(valuation.kind === 'sigmoid' && { tau: String(valuation.tau), width: String(valuation.width) }),
    label: label ?? '',
    chunks: texts(chunks),
    epochs: String(epochs),
    throughput: String(throughput),
    parameterMB: String(parameterMB),
    worker: texts(worker),
    ps: texts(ps),
  };
}

function valuationOf(draft: Draft): BodyOf<'placeBid'>['valuation'] {
  const value = Number(draft.value);
  if (draft.kind === 'sigmoid') return { kind: 'sigmoid', scale: value, tau: Number(draft.tau), width: Number(draft.width) };
  if (draft.kind === 'linear') return { kind: 'linear', value, decay: Number(draft.decay) };
  return { kind: 'deadline', value, deadline: Number(draft.deadline) };
}

/** The body that a draft asks with. */
export function bodyOf(draft: Draft): BodyOf<'placeBid'> {
  return {
    ...(draft.label.trim() && { label: draft.label.trim() }),
    valuation: valuationOf(draft),
    chunks: numbers(draft.chunks),
    epochs: Number(draft.epochs),
    throughput: Number(draft.throughput),
    parameterMB: Number(draft.parameterMB),
    worker: numbers(draft.worker),
    ps: numbers(draft.ps),
  };
}
