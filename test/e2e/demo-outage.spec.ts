import { paperWorkload } from '#lab';
import {
  type Allocation,
  bidForAll,
  type Bidding,
  ledgerCheck,
  moveClock,
  openStage,
  type Outage,
  outageChecks,
  type OutageInput,
  outageLines,
  outageResult,
  outageWishOf,
  returnedOf,
  type Stage,
  strike,
} from '../../apps/cli/src/index.js';
import { expectWhole } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';

// Real: the demo's own steps over HTTP, the worker, Postgres. Only the process around them is left out.
const workload = paperWorkload({ kind: 'testbed', jobs: 18, seed: 1 });
const instance = { ...workload, jobs: workload.jobs.map((job, index) => ({ ...job, arrival: Math.floor(index / 6) })) };
const wish = outageWishOf('site-3@1', instance);
const clock = { nowMs: () => Date.now() };

let api: TestApi;
let stage: Stage;
let played: OutageInput;
let [bidding, outage, allocations]: [Bidding?, Outage?, Map<string, Allocation>?] = [];

const allocationsNow = async (): Promise<Map<string, Allocation>> => {
  const accepted = bidding?.decided.filter(({ bid }) => bid.status === 'accepted') ?? [];
  const found = await Promise.all(accepted.map(({ bid }) => stage.operator.call('getAllocation', { params: { bidId: bid.id } })));
  return new Map(found.map((allocation) => [allocation.bidId, allocation]));
};

beforeAll(async () => {
  api = await startTestApi();
  stage = await openStage({ url: api.client.url, fetch }, api.adminKey, { instance, rule: 'flat' });
  const run = async (): Promise<void> => void (outage = await strike(stage, wish, instance, clock));
  const settled = (): Promise<void> => Promise.resolve();
  bidding = await bidForAll({ stage, instance, clock, settled, onDecided: () => undefined, event: { slot: wish.slot, run } });
  allocations = await allocationsNow();
  await moveClock(stage, instance.slots);
  if (!outage) throw new Error('the outage has happened');
  played = { outage, bidding, ended: await allocationsNow() };
}, 60_000);
afterAll(() => api.close());

const faultsOf = (input: OutageInput): string[] => outageChecks(input).flatMap(({ faults }) => faults);
const firstHit = (): string => played.outage.preview.hits[0]?.bidId ?? '';
/** What was played, but for what is changed of the first that was hit. */
const otherwise = (change: (hit: Allocation) => Partial<Allocation>): OutageInput => {
  const hit = played.ended.get(firstHit());
  if (!hit) throw new Error('somebody was hit');
  return { ...played, ended: new Map([...played.ended, [firstHit(), { ...hit, ...change(hit) }]]) };
};

describe('a demo with an outage', () => {
  it('hits somebody, does what its preview said, and holds every check', async () => {
    expect(played.outage.preview.hits.length).toBeGreaterThan(0);
    expect(played.outage.window).toMatchObject({ kind: 'outage', siteId: stage.siteIds[2], from: 1, to: null, settled: true });
    expect(faultsOf(played)).toEqual([]);
    const ledger = await ledgerCheck(stage, played.bidding, returnedOf(allocations?.values() ?? []));
    expect(ledger.faults).toEqual([]);
    await expectWhole(api.pool, stage.marketId);
  }, 60_000);

  it('tells who was hit, where they went and what came back', () => {
    const siteNames = new Map(stage.siteIds.map((siteId, index) => [siteId, `site-${index + 1}`]));
    const lines = outageLines({ ...played, siteNames });
    expect(lines[0]).toBe('outage of site-3 in slot 1, for good');
    const repaired = played.outage.preview.hits.filter(({ outcome }) => outcome === 'repaired').length;
    expect(lines.filter((line) => / repaired .*site-[^3]/.test(line))).toHaveLength(repaired);
    expect(lines.slice(2, -3).some((line) => line.includes('site-3'))).toBe(false);
    expect(lines.at(-3)).toMatch(new RegExp(`^hit +${played.outage.preview.hits.length}: ${repaired} repaired`));
    expect(outageResult({ ...played, siteNames })).toMatchObject({ site: 'site-3', slot: 1, returned: played.outage.window.returned });
  });

  it('notices what does not hold', () => {
    const { outage: seen } = played;
    const counts = { ...seen.window.hits, failed: seen.window.hits.failed + 1 };
    expect(faultsOf({ ...played, outage: { ...seen, window: { ...seen.window, hits: counts } } })).toEqual([
      expect.stringMatching(/were to be failed, \d+ were$/),
    ]);
    expect(faultsOf(otherwise(({ payment }) => ({ returned: payment, state: 'completed' as const })))).not.toEqual([]);
    expect(faultsOf(otherwise(() => ({ returned: '0', state: 'failed' as const })))).not.toEqual([]);
    expect(faultsOf(otherwise(({ slots }) => ({ slots: [...slots, ...slots] })))).not.toEqual([]);
    const back = { slot: 2, ps: stage.siteIds[2] ?? '', workers: {}, moves: [], home: {} };
    expect(faultsOf(otherwise(() => ({ state: 'completed' as const, schedule: [back] })))).toContain(
      `bid ${firstHit()} uses site-3 in slot 2`,
    );
  });
});
