import { createHash } from 'node:crypto';
import { requestHash } from './request-hash.js';
import { cursorOf, idOfCursor } from './cursor.js';
import { waitSecondsOf } from './prefer.js';

it.each([
  ['wait=10', 10],
  ['respond-async, wait=7', 7],
  ['wait="3"', 3],
  ['wait=600', 30],
  ['wait=0', 0],
  ['WAIT = 2; x', 2],
  ['await=5', undefined],
  ['wait=-1', undefined],
  ['wait=2.5', undefined],
  [undefined, undefined],
])('reads Prefer: %p as %p seconds', (header, seconds) => {
  expect(waitSecondsOf(header)).toBe(seconds);
});

it('tells requests by what they ask for and of what', () => {
  expect(requestHash('bid:1', '{"a":1}')).not.toEqual(requestHash('bid:2', '{"a":1}'));
  expect(requestHash('bid:1', '{}').toString('hex')).toBe(createHash('sha256').update('bid:1\n{}').digest('hex'));
});

it('finds the way back from a cursor, and refuses others', () => {
  expect(idOfCursor(cursorOf(17n) ?? undefined)).toBe(17n);
  expect([idOfCursor(undefined), cursorOf(null)]).toEqual([0n, null]);
  for (const text of ['x', Buffer.from('after:-1').toString('base64url'), Buffer.from('after:9999999999999999999').toString('base64url')])
    expect(() => idOfCursor(text)).toThrow('invalid_query');
});
