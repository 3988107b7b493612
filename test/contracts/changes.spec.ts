import { cancellationOf, DecideMarkets, type DecidingStore, liveOf, openBook } from '#market';
import { standardKinds } from '#kinds';
import { newBid, smallJob } from '../support/market.js';
import type { Backend } from './backend.js';
import { BACKENDS } from './backends.js';

const LIMITS = { owner: 'one', leaseMs: 20_000, batchMax: 60, thinkMs: 10_000 };
const HOLD_MS = 10_000;

let backend: Backend;
let marketId: bigint;
let log: string[];
let before: bigint[];

const decide = (store: DecidingStore = backend.deciding) =>
  new DecideMarkets(store, standardKinds(), LIMITS, { nowMs: () => performance.now() }).run(marketId);
const balances = async (): Promise<bigint[]> => {
  const [id] = backend.markets[0].bidderIds;
  return [await backend.balanceOf(id, 'wallet'), await backend.balanceOf(id, 'escrow')];
};
const place = async (key: string, body: object): Promise<void> => {
  const [market] = backend.markets;
  await backend.inbox.insert([newBid(market, market.bidderIds[0], key, body)]);
};

describe.each(BACKENDS)('a change over %s', (_, open) => {
  beforeEach(async () => {
    backend = await open({ reserveMicros: 100_000n });
    [{ marketId }] = backend.markets;
    await place('first', smallJob(backend.markets[0], 5_000));
    await decide();
    [before, log] = [await balances(), await kindsOf()];
  });
  afterEach(() => backend.close());

  const kindsOf = async (): Promise<string[]> => (await backend.logOf(marketId)).map(({ kind }) => kind);

  /** A bid in place of the one that was decided, by what cancelling that brings back. @param add to it. */
  async function change(key: string, { add = 0n, value = 5_000 } = {}): Promise<bigint> {
    const [market] = backend.markets;
    const [bidId] = await backend.decidedIn(marketId);
    const returned = await backend.deciding.held(marketId, HOLD_MS, async ({ live }) => {
      const row = await live(bidId);
      const state = await backend.deciding.loadState(marketId);
      if (!row || state === 'large') throw new Error('nothing to change');
      const opened = openBook(state);
      return cancellationOf(opened, liveOf(opened, standardKinds(), row)).returned;
    });
    const replaces = { bidId: bidId.toString(), slot: 0, returnedMicros: (returned + add).toString() };
    await place(key, { ...smallJob(market, value), replaces });
    return returned;
  }

  it('is two entries, with the return in the wallet', async () => {
    const returned = await change('second');
    expect(await decide()).toEqual({ kind: 'drained', decided: 1 });
    expect((await kindsOf()).slice(-2)).toEqual(['allocation_cancelled', 'bid_accepted']);
    const [after, escrow] = await balances();
    expect(after + escrow).toBe(before[0] + returned);
  });

  it('that is refused is the refusal alone', async () => {
    await change('outdated', { add: 1n });
    await change('poor', { value: 0 });
    expect(await decide()).toEqual({ kind: 'drained', decided: 2 });
    expect([await balances(), await kindsOf()]).toEqual([before, [...log, 'bid_refused', 'bid_refused']]);
  });

  it('leaves nothing where the lease has gone in the midst of it, and is decided the next time', async () => {
    await change('second');
    const outcomes: string[] = [];
    const seen: string[][] = [];
    const store: DecidingStore = {
      ...backend.deciding,
      held: (id, idleMs, work) =>
        backend.deciding
          .held(id, idleMs, (held) =>
            work({
              ...held,
              recordChange: async (cancelled, turn) => {
                const outcome = await held.recordChange(cancelled, outcomes.length === 0 ? { ...turn, owner: 'other' } : turn);
                outcomes.push(outcome);
                return outcome;
              },
            }),
          )
          .finally(async () => void seen.push(await kindsOf())),
    };
    expect(await decide(store)).toEqual({ kind: 'drained', decided: 1 });
    expect([outcomes, seen]).toEqual([
      ['stale', 'recorded'],
      [log, [...log, 'allocation_cancelled', 'bid_accepted']],
    ]);
  });
});
