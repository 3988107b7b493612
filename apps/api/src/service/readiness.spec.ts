import { Readiness } from './readiness.js';

it('asks the database once for all who ask within half a second', async () => {
  let asked = 0;
  let nowMs = 1_000;
  const readiness = new Readiness(
    () => Promise.resolve({ isFit: ++asked < 3 }),
    new AbortController().signal,
    () => undefined,
    { nowMs: () => nowMs },
  );
  await Promise.all(Array.from({ length: 100 }, () => readiness.check()));
  expect(asked).toBe(1);
  nowMs += 500;
  await readiness.check();
  expect(asked).toBe(2);
  nowMs += 500;
  await expect(readiness.check()).rejects.toMatchObject({ code: 'schema_mismatch' });
  nowMs = 0; // set back: nothing is kept for longer than it is good
  await expect(readiness.check()).rejects.toMatchObject({ code: 'schema_mismatch' });
  expect(asked).toBe(4);
});
