import { MarketChangeNotifier } from './market-change-notifier.js';

it('wakes those who wait for the market, and only them', async () => {
  const pulse = new MarketChangeNotifier();
  const [ours, theirs] = [pulse.watch(1n), pulse.watch(2n)];
  const woken: string[] = [];
  const waits = [ours.next(5_000).then(() => woken.push('ours')), theirs.next(30).then(() => woken.push('theirs'))];
  pulse.publish(1n);
  await Promise.all(waits);
  expect(woken).toEqual(['ours', 'theirs']);
});

it('does not miss a beat between two looks', async () => {
  const pulse = new MarketChangeNotifier();
  const watch = pulse.watch(1n);
  pulse.publish(1n);
  await watch.next(60_000);
  watch.close();
});

it('wakes one watch alone when it is nudged, now or at its next wait', async () => {
  const pulse = new MarketChangeNotifier();
  const [ours, theirs] = [pulse.watch(1n), pulse.watch(1n)];
  let isWoken = false;
  const other = theirs.next(60).then(() => (isWoken = true));
  const waiting = ours.next(60_000);
  ours.nudge();
  await waiting;
  expect(isWoken).toBe(false);
  ours.nudge();
  await ours.next(60_000);
  await other;
});

it('lets go of who waits when it is closed', async () => {
  const watch = new MarketChangeNotifier().watch(1n);
  const waiting = watch.next(60_000);
  watch.close();
  await waiting;
  await watch.next(60_000);
});
