import { runPeriodically } from './periodic.js';

/** Sleeps end when the test says so, and are written down. */
function testClock() {
  const slept: number[] = [];
  let wake = (): void => undefined;
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    slept.push(ms);
    return new Promise((resolve) => {
      wake = resolve;
      signal?.addEventListener('abort', () => resolve());
    });
  };
  const pass = async (): Promise<void> => {
    wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { slept, sleep, pass };
}

it('does a task again so long after its end, rests longer after each failure, and tells of them', async () => {
  const clock = testClock();
  const failed: unknown[] = [];
  const outcomes = ['done', 'fails', 'fails', 'fails', 'done'];
  const run = (): Promise<string> =>
    outcomes[0] === 'fails' ? Promise.reject(new Error(outcomes.shift())) : Promise.resolve(outcomes.shift() ?? 'done');
  const task = runPeriodically({ name: 'task', everyMs: 100, restMsMax: 500, run, onFailed: (cause) => failed.push(cause) }, clock);
  void task.start();
  for (let turns = 0; turns < 6; turns++) await clock.pass();
  expect(clock.slept).toEqual([100, 100, 200, 400, 500, 100, 100]);
  expect(failed).toEqual([new Error('fails'), new Error('fails'), new Error('fails')]);
  await task.stop();
});

it('ends at once while it rests, and after its turn while it is at one', async () => {
  const clock = testClock();
  let finish = (): void => undefined;
  const run = (): Promise<void> => new Promise((resolve) => (finish = resolve));
  const task = runPeriodically({ name: 'task', everyMs: () => 7, run, onFailed: () => undefined }, clock);
  void task.start();
  await clock.pass();
  let isOver = false;
  const stopped = Promise.resolve(task.stop()).then(() => (isOver = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  finish();
  await stopped;
  expect(clock.slept).toEqual([7]);
});
