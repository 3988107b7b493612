import { MarketPulse } from './market-pulse.js';

const forever = new AbortController().signal;

it('should wake those who wait for the market, and only them', async () => {
  const pulse = new MarketPulse();
  const [ours, theirs] = [pulse.watch(1n), pulse.watch(2n)];
  const woken: string[] = [];
  const waits = [ours.next(5_000, forever).then(() => woken.push('ours')), theirs.next(30, forever).then(() => woken.push('theirs'))];
  pulse.beat(1n);
  await Promise.all(waits);
  expect(woken).toEqual(['ours', 'theirs']);
});

it('should not miss a beat between two looks', async () => {
  const pulse = new MarketPulse();
  const watch = pulse.watch(1n);
  pulse.beat(1n);
  await watch.next(60_000, forever);
  watch.close();
});

it('should return at once when told to stop', async () => {
  const stop = new AbortController();
  const waiting = new MarketPulse().watch(1n).next(60_000, stop.signal);
  stop.abort();
  await waiting;
  await new MarketPulse().watch(1n).next(60_000, stop.signal);
});
