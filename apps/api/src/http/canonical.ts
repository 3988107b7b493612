import { createHash } from 'node:crypto';

/** JSON with sorted keys: equal values have equal text, however their fields were ordered. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

/** SHA-256 of what was asked for: the operation's target and the canonical body. */
export const requestHash = (target: string, body: unknown): Buffer =>
  createHash('sha256').update(target).update('\n').update(canonicalJson(body)).digest();
