import type { z } from 'zod';
import { LIMITS } from './limits.js';

/** One thing wrong with a request; `path` is a JSON path such as $.chunks.17, or starts with `query`. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Writes a path: ['valuation', 'values', 2] under $ becomes $.valuation.values[2]. */
export const pathOf = (root: string, steps: readonly PropertyKey[]): string =>
  steps.reduce<string>((path, step) => (typeof step === 'number' ? `${path}[${step}]` : `${path}.${String(step)}`), root);

/** Marks a fault of a number that is too far off to be exact: another one, of its limits, says so in words. */
export const FAR_OFF = 'is not exact';

/** One fault per issue and per unknown field, at most LIMITS.faults. */
export function faultsOf(error: z.ZodError, root = '$'): readonly Fault[] {
  const told = error.issues.filter(({ message }) => message !== FAR_OFF);
  return told.flatMap((issue) => faultsOfIssue(issue, root)).slice(0, LIMITS.faults);
}

function faultsOfIssue(issue: z.core.$ZodIssue, root: string): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(root, issue.path), message: messageOf(issue) }];
  return issue.keys
    .slice(0, LIMITS.faults)
    .map((key) => ({ path: pathOf(root, [...issue.path, key]), message: 'is not a field of this request' }));
}

/** How a fault calls what JSON has. */
const KINDS: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};
const kindOf = (name: string): string => KINDS[name] ?? name;

const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.message
    .replace(/^Invalid input: expected (\S+), received undefined$/, 'is missing')
    .replace(
      /^Invalid input: expected (\S+), received (\S+)$/,
      (_, wanted: string, given: string) => `must be ${kindOf(wanted)}, not ${kindOf(given)}`,
    )
    .replace(/^Invalid input: expected /, 'must be ');
