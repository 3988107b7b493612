/** The first entry's value; its entry becomes the last one. */
export function rotate<Key, Value>(entries: Map<Key, Value>): Value | undefined {
  for (const [key, value] of entries) {
    if (entries.size === 1) return value;
    entries.delete(key);
    entries.set(key, value);
    return value;
  }
  return undefined;
}
