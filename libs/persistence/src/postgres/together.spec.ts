import { StatementBatcher } from './statement-batcher.js';

describe('Together', () => {
  const statements: number[][] = [];
  const doubled = new StatementBatcher<number, number>((numbers) => {
    statements.push([...numbers]);
    return numbers.includes(13) ? Promise.reject(new Error('no')) : Promise.resolve(numbers.map((one) => 2 * one));
  }, 3);
  beforeEach(() => void (statements.length = 0));

  it('asks once for what comes in one moment, and answers each', async () => {
    expect(await Promise.all([1, 2, 3].map((one) => doubled.ask(one)))).toEqual([2, 4, 6]);
    expect(statements).toEqual([[1, 2, 3]]);
  });

  it('asks for no more than so many at once', async () => {
    expect(await Promise.all([1, 2, 3, 4].map((one) => doubled.ask(one)))).toEqual([2, 4, 6, 8]);
    expect(statements).toEqual([[1, 2, 3], [4]]);
  });

  it('runs no more than three statements at the same time, and asks for what has gathered meanwhile by one', async () => {
    const ends: (() => void)[] = [];
    const sizes: number[] = [];
    const slow = new StatementBatcher<number, number>((numbers) => {
      sizes.push(numbers.length);
      return new Promise((resolve) => ends.push(() => resolve(numbers)));
    }, 10);
    const asked: Promise<number>[] = [];
    for (let number = 0; number < 8; number++) {
      asked.push(slow.ask(number));
      await new Promise(setImmediate);
    }
    expect(sizes).toEqual([1, 1, 1]);
    for (; ends.length > 0; await new Promise(setImmediate)) ends.shift()?.();
    expect(await Promise.all(asked)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(sizes).toEqual([1, 1, 1, 5]);
  });

  it('asks anew for what comes later', async () => {
    await doubled.ask(1);
    await doubled.ask(2);
    expect(statements).toEqual([[1], [2]]);
  });

  it('tells only whose question failed: the others are asked again, each by itself', async () => {
    const outcomes = await Promise.allSettled([13, 1, 2, 5].map((one) => doubled.ask(one)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(statements).toEqual([[13, 1, 2], [5], [13], [1], [2]]);
  });

  it('does not ask again where the database is away', async () => {
    let asked = 0;
    const away = new StatementBatcher<number, number>(() => {
      asked++;
      return Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }));
    }, 3);
    const outcomes = await Promise.allSettled([1, 2, 3].map((one) => away.ask(one)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(asked).toBe(1);
  });
});
