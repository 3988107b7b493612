import { AWAKE_MS, OTHERS_AFTER_MS, PACE, RENEWALS_PER_LEASE, THINK_MS_MAX, thinkMsOf } from './protocol.js';

it('leaves a market to its worker for longer than that pauses and thinks', () => {
  expect(OTHERS_AFTER_MS).toBeGreaterThan(PACE.pauseMsMax + THINK_MS_MAX);
});

it('spares wake-ups only while a worker that has decided still looks for bids', () => {
  expect(AWAKE_MS).toBeGreaterThan(0);
  expect(AWAKE_MS + PACE.pauseMsMax).toBeLessThan(PACE.busyMs);
});

it.each([100, 1_000, 10_000, 60_000])('ends a thought before a lease of %i ms is due to be renewed', (leaseMs) => {
  expect(thinkMsOf(leaseMs)).toBeLessThan(leaseMs / RENEWALS_PER_LEASE);
  expect(thinkMsOf(leaseMs)).toBeLessThanOrEqual(THINK_MS_MAX);
});
