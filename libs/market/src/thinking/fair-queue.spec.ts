import { FairQueue, TurnTooLate } from './fair-queue.js';

const LIMITS = { atOnce: 1, perOrganisation: 3, perTenant: 4, inAll: 6 };
const settle = (): Promise<void> => new Promise(setImmediate);

describe('FairQueue', () => {
  let queue: FairQueue;
  let begun: string[];
  let ends: (() => void)[];

  beforeEach(() => {
    queue = new FairQueue(LIMITS);
    begun = [];
    ends = [];
  });

  const add = (tenantId: bigint, organisationId: bigint, name: string): unknown =>
    queue.run({ tenantId, organisationId }, () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.push(() => resolve(name)));
    });
  const endAll = async (): Promise<void> => {
    for (await settle(); ends.length > 0; await settle()) ends.shift()?.();
  };

  it('lets tenants take turns, and the organisations of a tenant', async () => {
    for (const name of ['a1', 'a2', 'a3']) add(1n, 10n, name);
    add(1n, 11n, 'b1');
    add(2n, 20n, 'c1');
    await endAll();
    expect(begun).toEqual(['a1', 'a2', 'c1', 'b1', 'a3']);
    expect([queue.waitingCount, queue.runningCount]).toEqual([0, 0]);
  });

  it('takes no more of an organisation, of a tenant or in all than they may have', async () => {
    for (const name of ['a1', 'a2', 'a3']) add(1n, 10n, name);
    expect(add(1n, 10n, 'a4')).toBe('share_used');
    add(1n, 11n, 'b1');
    expect(add(1n, 12n, 'c1')).toBe('share_used'); // however many organisations it has
    add(2n, 20n, 'd1');
    add(3n, 30n, 'e1');
    expect(add(4n, 40n, 'f1')).toBe('full');
    expect([queue.waitingCount, queue.runningCount]).toEqual([5, 1]);
    await endAll();
    expect(add(1n, 10n, 'a4')).toBeInstanceOf(Promise);
    await endAll();
  });

  it('begins nothing that nobody waits for any more, and goes on with the next', async () => {
    let isGone = false;
    add(1n, 10n, 'a1');
    const left = queue.run({ tenantId: 1n, organisationId: 10n, isGone: () => isGone }, () => Promise.reject(new Error('was begun')));
    add(1n, 10n, 'a3');
    isGone = true;
    await Promise.all([expect(left).rejects.toBeInstanceOf(TurnTooLate), endAll()]);
    expect(begun).toEqual(['a1', 'a3']);
    expect([queue.waitingCount, queue.runningCount]).toEqual([0, 0]);
  });

  it('leaves room between jobs', async () => {
    let pauses = 0;
    queue = new FairQueue({ ...LIMITS, pause: () => new Promise((resolve) => setImmediate(() => resolve(++pauses))) });
    const seen = [1, 2, 3].map((job) =>
      Promise.resolve(queue.run({ tenantId: 1n, organisationId: 1n }, () => Promise.resolve([job, pauses]))),
    );
    expect(await Promise.all(seen)).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
  });

  it('keeps places free of one tenant for whoever comes next', async () => {
    queue = new FairQueue({ ...LIMITS, atOnce: 3, atOncePerTenant: 2 });
    for (const name of ['a1', 'a2', 'a3']) add(1n, 10n, name);
    await settle();
    expect([begun, queue.waitingCount, queue.runningCount]).toEqual([['a1', 'a2'], 1, 2]);
    add(2n, 20n, 'b1');
    await settle();
    expect(begun).toEqual(['a1', 'a2', 'b1']);
    await endAll();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('gives up what waits for too long, and nothing of it is done', async () => {
    queue = new FairQueue({ ...LIMITS, waitMs: 20 });
    add(1n, 10n, 'a1');
    const late = [add(1n, 10n, 'a2'), add(2n, 20n, 'b1')];
    for (const each of late) await expect(each).rejects.toThrow(TurnTooLate);
    expect([queue.waitingCount, queue.runningCount]).toEqual([0, 1]);
    await endAll();
    add(1n, 10n, 'a3');
    await endAll();
    expect(begun).toEqual(['a1', 'a3']);
  });

  it('goes on after a job that fails', async () => {
    const party = { tenantId: 1n, organisationId: 1n };
    await expect(queue.run(party, () => Promise.reject(new Error('the thread died')))).rejects.toThrow('the thread died');
    await expect(queue.run(party, () => Promise.resolve(7))).resolves.toBe(7);
  });
});
