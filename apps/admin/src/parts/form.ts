import { ProblemError } from '#sdk';

/** What the API says of fields, by path: `$.name` is `name`. */
export function faultsOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ProblemError)) return {};
  return Object.fromEntries(error.errors.map(({ path, message }) => [path.replace(/^\$\./, ''), message]));
}

/** Text as a number; NaN where it is none, which the API would refuse with its field. */
export const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
