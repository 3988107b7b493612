import { at } from './at.js';
/** Keys that JSON writes as they are. */
const PLAIN_KEY = /^\w*$/;

/**
 * JSON with the keys of every object in order: equal values have equal text, however their fields were ordered. Fields without a value are left out;
 * a bigint is its digits as text.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null';
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of sortedKeys(fields)) {
    const inner = fields[key];
    if (inner === undefined) continue;
    const name = PLAIN_KEY.test(key) ? `"${key}"` : JSON.stringify(key);
    text += text === '' ? `${name}:${canonicalJson(inner)}` : `,${name}:${canonicalJson(inner)}`;
  }
  return `{${text}}`;
}

/** Objects of so few fields are sorted by insertion: most are nearly in order. */
const FEW = 16;

function sortedKeys(fields: object): string[] {
  const keys = Object.keys(fields);
  if (keys.length > FEW) return keys.sort();
  for (let from = 1; from < keys.length; from++) {
    const key = at(keys, from);
    let to = from;
    for (; to > 0 && at(keys, to - 1) > key; to--) keys[to] = at(keys, to - 1);
    keys[to] = key;
  }
  return keys;
}
