import type { z } from 'zod';
import { INSTANCE_LIMITS, type Fault } from './instance.js';

/** A step of a path into JSON: a field's name or an index. */
export type PathStep = string | number | symbol;

/** Writes a JSON path: `['jobs', 2, 'chunks', 0]` becomes `$.jobs[2].chunks[0]`. */
export function jsonPath(steps: readonly PathStep[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    const name = String(step);
    return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
  }, '$');
}

/** Notes faults up to the limit, so that a hopeless file doesn't print for minutes. */
export class FaultList {
  readonly #faults: Fault[] = [];

  add(steps: readonly PathStep[], message: string): void {
    if (this.#faults.length < INSTANCE_LIMITS.faults) this.#faults.push({ path: jsonPath(steps), message });
  }

  get faults(): readonly Fault[] {
    return this.#faults;
  }
}

/** Parses JSON; a file that isn't JSON is one fault at the root. */
export function readJson(text: string): { readonly value: unknown } | { readonly faults: readonly Fault[] } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { faults: [{ path: '$', message: `not JSON: ${error instanceof Error ? error.message : String(error)}` }] };
  }
}

/** One fault per issue, in the schema's order. */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  const list = new FaultList();
  for (const issue of error.issues) list.add(issue.path, issue.message);
  return list.faults;
}
