/** Real: API and worker processes, Postgres. Bidders flood the victim's own market, one without money and one with a great deal of it. */
import { addBidder, type Bidder, jobBody, setScene } from '../support/scenes.js';
import { startEris } from '../support/running-eris.js';
import { expectNothingHeld, expectUnharmed, type Stand, underAttack } from './support/stand.js';

/** Sites and slots: enough for a decision of a large job to take some milliseconds. */
const SITES = 12;
const MARKET = { horizonSlots: 100, bandwidthMB: 4000 };
const LONG_MS = 120_000;

let stand: Stand;
let poor: Bidder;
let rich: Bidder;

beforeEach(async () => {
  const eris = await startEris();
  const scene = await setScene(eris.client, eris.adminKey, { name: 'flooded', sites: SITES, market: MARKET });
  const { operatorKey } = scene;
  stand = { ...eris, scene, victimKey: scene.bidders[1].key };
  poor = await addBidder(eris.client, { operatorKey, name: 'poor', funds: '0' });
  rich = await addBidder(eris.client, { operatorKey, name: 'rich', funds: '100000000' });
}, LONG_MS);
afterEach(() => stand.close());

/** Jobs whose data lies all over the market, none like the one before. */
const largeJobs = (): object[] =>
  Array.from({ length: 50 }, (_, index) =>
    jobBody(stand.scene.siteIds, {
      valuation: { kind: 'deadline', value: 90_000 + index, deadline: MARKET.horizonSlots - 1 },
      chunks: Object.fromEntries(stand.scene.siteIds.map((id, site) => [id, 1 + ((index + site) % 5)])),
      worker: { gpu: index % 2, cpu: 1 + (index % 3), memoryGB: 2 + (index % 5) },
    }),
  );
const flood = ({ key }: Bidder, task: object = {}) => ({
  script: 'flood',
  task: { key, path: `/v1/markets/${stand.scene.marketId}/bids/bulk`, jobs: largeJobs(), ...task },
});
const sold = async (): Promise<void> => {
  await underAttack(stand, [flood(rich, { bids: 100, connections: 1 })], 2_000); // what was cheap is gone
};

it(
  'decides the victim’s bids in the market that a bidder without money floods, and caps the flood',
  async () => {
    await sold();
    const { suffering, reports } = await underAttack<Record<string, number>>(stand, [flood(poor)]);
    expectUnharmed(suffering);
    expect(reports[0]['202']).toBeGreaterThan(0);
    await expectNothingHeld(stand);
  },
  LONG_MS,
);

it(
  'decides the victim’s bids in the market that a rich bidder floods with large jobs',
  async () => {
    const { suffering } = await underAttack(stand, [flood(rich, { connections: 3 })]);
    expectUnharmed(suffering);
    await expectNothingHeld(stand);
  },
  LONG_MS,
);

it(
  'turns the bids away that are too many, and takes them again when others are decided',
  async () => {
    await Promise.all(stand.workers.map((worker) => worker.end('SIGKILL')));
    const bulk = (name: string, count: number) =>
      stand.client.post(`/v1/markets/${stand.scene.marketId}/bids/bulk`, {
        key: poor.key,
        body: { bids: Array.from({ length: count }, (_, index) => ({ ...largeJobs()[0], idempotencyKey: `${name}-${index}` })) },
      });
    const answers = [await bulk('a', 1000), await bulk('b', 900), await bulk('c', 200), await bulk('d', 10)];
    const taken = answers.slice(0, 3).flatMap(({ body }) => body.results.filter(({ status }: { status?: string }) => status === 'queued'));
    expect(taken).toHaveLength(2_000);
    expect(answers[2].headers['retry-after']).toBe('1');
    expect(answers[2].body.results.at(-1).problem).toMatchObject({ type: 'urn:eris:problem:too_many_undecided', status: 429 });
    expect([answers[3].status, answers[3].body.type, answers[3].headers['retry-after']]).toEqual([
      429,
      'urn:eris:problem:too_many_undecided',
      '1',
    ]);
    const other = await stand.client.post(`/v1/markets/${stand.scene.marketId}/bids`, {
      key: stand.victimKey,
      body: jobBody(stand.scene.siteIds),
      headers: { 'idempotency-key': 'another-bidder' },
    });
    expect(other.status).toBe(202);
  },
  LONG_MS,
);
