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

/** A first draft. @param given what it is filled with: a value in credits, a deadline in slots */
export function firstDraft(resources: readonly string[], given: { readonly value?: string; readonly deadline?: number }): Draft {
  const most = (many: string): Record<string, string> =>
    Object.fromEntries(resources.map((name, index) => [name, index === 0 ? '1' : many]));
  return {
    label: '',
    kind: 'deadline',
    value: given.value ?? '1000',
    deadline: String(given.deadline ?? 20),
    tau: '1.4',
    width: '3',
    decay: '10',
    chunks: {},
    epochs: '20',
    throughput: '24',
    parameterMB: '97.4',
    worker: most('2'),
    ps: Object.fromEntries(resources.map((name, index) => [name, index === 0 ? '' : '1'])),
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
