import { keptThousandths } from './cancel.js';

it('keeps all of what has begun, and the less the farther ahead a slot is', () => {
  expect([-1, 0, 1, 3, 4, 400].map(keptThousandths)).toEqual([1000, 1000, 100, 100, 20, 20]);
});
