import { BoundedMap } from './bounded-map.js';

it('forgets what was set longest ago where one more is set than it holds', () => {
  const map = new BoundedMap<string, number>(2);
  for (const [index, key] of ['a', 'b', 'a', 'c'].entries()) map.set(key, index);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([2, undefined, 3]);
  expect(map.size).toBe(2);
  map.delete('a');
  map.clear();
  expect(map.has('c')).toBe(false);
});
