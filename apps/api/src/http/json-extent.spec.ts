import fc from 'fast-check';
import { jsonExtent } from './json-extent.js';

const valuesOf = (value: unknown): number =>
  1 + (typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, inner) => sum + valuesOf(inner), 0) : 0);
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

it('counts no fewer values than there are, no more than twice as many, and the depth exactly', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const { values, depth } = jsonExtent(Buffer.from(JSON.stringify(value)));
      const isFree = !JSON.stringify(value).includes('__proto__');
      const count = valuesOf(value);
      return !isFree || (values * 2 >= count && values <= 2 * count && depth === depthOf(value));
    }),
  );
});

it('is not led astray by what stands in text', () => {
  expect(jsonExtent(Buffer.from('{"a,[{":"\\"],,{{"}'))).toEqual({ values: 2, depth: 1 });
});
