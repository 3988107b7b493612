import { canonicalJson } from './canonical-json.js';

it('writes equal values alike, with keys in order, and amounts as text', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: 2 })).toBe('{"a":2,"b":[1,{"c":"x","d":null}]}');
  expect(canonicalJson({ b: 2, a: 1, c: undefined })).toBe(canonicalJson({ a: 1, b: 2 }));
  expect(canonicalJson({ amount: 12_345_678_901_234_567_890n, 'a "key"': true })).toBe(
    '{"a \\"key\\"":true,"amount":"12345678901234567890"}',
  );
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${99 - index}`, index]));
  expect(Object.keys(JSON.parse(canonicalJson(many)) as object)).toEqual(Object.keys(many).sort());
});
