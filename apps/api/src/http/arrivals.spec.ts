import { Arrivals } from './arrivals.js';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
const never = () => false;

it('serves at once where nobody has just come', async () => {
  const arrivals = new Arrivals();
  const served: string[] = [];
  arrivals.came();
  await nextTurn();
  arrivals.serve(() => served.push('one'), never);
  expect(served).toEqual(['one']);
});

it('lets all in before it serves the first, and keeps their order', async () => {
  const arrivals = new Arrivals();
  const served: number[] = [];
  for (let index = 0; index < 20; index++) {
    arrivals.came();
    arrivals.serve(() => served.push(index), never);
    expect(served).toEqual([]);
    await nextTurn();
  }
  while (served.length < 20) await nextTurn();
  expect(served).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

it('serves one for eight that come, where they keep coming', async () => {
  const arrivals = new Arrivals();
  let served = 0;
  for (let coming = 0; coming < 1_200; coming++) {
    arrivals.came();
    arrivals.serve(() => (served += 1), never);
    await nextTurn();
    if (coming === 999) expect(served).toBe(0);
  }
  expect(served).toBe(25);
});

it('serves the newest and the oldest in turn where many wait', async () => {
  const arrivals = new Arrivals();
  const served: number[] = [];
  arrivals.came();
  for (let index = 0; index < 66; index++) arrivals.serve(() => served.push(index), never);
  while (served.length < 66) await nextTurn();
  expect(served.slice(0, 4)).toEqual([65, 0, 1, 2]);
});

it('does not serve those who have gone', async () => {
  const arrivals = new Arrivals();
  const served: string[] = [];
  arrivals.came();
  arrivals.serve(
    () => served.push('gone'),
    () => true,
  );
  arrivals.serve(() => served.push('here'), never);
  while (served.length === 0) await nextTurn();
  expect(served).toEqual(['here']);
});

it('serves no more than eight in a turn, though nobody comes', async () => {
  const arrivals = new Arrivals();
  let served = 0;
  for (let index = 0; index < 20; index++) arrivals.serve(() => (served += 1), never);
  expect(served).toBe(8);
  await nextTurn();
  expect(served).toBe(16);
  await nextTurn();
  expect(served).toBe(20);
});

it('serves no more in a turn than it is told to', async () => {
  const arrivals = new Arrivals(1);
  const served: number[] = [];
  for (let index = 0; index < 3; index++) arrivals.serve(() => served.push(index), never);
  expect(served).toHaveLength(1);
  await nextTurn();
  expect(served).toHaveLength(2);
  await nextTurn();
  expect(served.sort()).toEqual([0, 1, 2]);
});
