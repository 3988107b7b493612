import { addBidder, addSite, jobBody, makeKey, marketBody } from '../support/scenes.js';
import { ATTACK_MS, expectNothingHeld, expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

/** What an organisation may ask a second, all its keys together, and what it may have saved up. */
const RATE = 60;
const BURST = 120;
const KEYS = 40;
/** Waits that one key may have: an eighth of what there are. */
const KEY_WAITS = 625;
const CONNECTIONS = 2_000;

interface Calls {
  readonly statuses: Readonly<Record<string, number>>;
  readonly seconds: number;
}

let stand: Stand;
beforeAll(async () => {
  stand = await setStand({
    env: { ERIS_ORGANISATION_RATE_LIMIT_PER_SECOND: String(RATE), ERIS_ORGANISATION_RATE_LIMIT_BURST: String(BURST) },
  });
}, 120_000);
afterAll(() => stand.close());

/** A bid that is not decided: its market was paused before the worker came to it. @returns the request that waits for it, as it goes over the wire. */
async function waitingBid({ client, scene, workers }: Stand): Promise<string> {
  const [{ key }] = scene.bidders;
  const { body: market } = await client.post('/v1/markets', { key: scene.operatorKey, body: marketBody({ name: 'paused' }) });
  const site = await addSite(client, scene.operatorKey, market.id, 'site');
  workers[0].signal('SIGSTOP');
  const body = jobBody([site]);
  await client.post(`/v1/markets/${market.id}/bids`, { key, body, headers: { 'idempotency-key': 'waits' } });
  await client.patch(`/v1/markets/${market.id}`, { key: scene.operatorKey, body: { status: 'paused' } });
  workers[0].signal('SIGCONT');
  const text = JSON.stringify(body);
  const headers = [
    `Authorization: Bearer ${key}`,
    'Content-Type: application/json',
    `Content-Length: ${text.length}`,
    'Idempotency-Key: waits',
    'Prefer: wait=30',
  ];
  return [`POST /v1/markets/${market.id}/bids HTTP/1.1`, 'Host: eris', ...headers, '', text].join('\r\n');
}

it('gives an organisation no more for more keys', async () => {
  const { client, scene } = stand;
  const greedy = await addBidder(client, { operatorKey: scene.operatorKey, name: 'greedy', funds: '0' });
  const keys: string[] = [];
  for (let index = 0; index < KEYS; index++) keys.push((await makeKey(client, scene.operatorKey, greedy.id, 'auditor')).key);
  const { suffering, reports } = await underAttack<Calls>(stand, [{ script: 'callers', task: { path: '/v1/markets', keys } }]);
  expect(reports[0].statuses['429']).toBeGreaterThan(0);
  expect(reports[0].statuses['200']).toBeLessThanOrEqual(BURST + RATE * (reports[0].seconds + 1));
  expectUnharmed(suffering);
  await expectNothingHeld(stand);
}, 120_000);

describe('waits', () => {
  let free: Stand; // with the limits that hold where nothing is said
  beforeAll(async () => {
    free = await setStand();
  }, 120_000);
  afterAll(() => free.close());

  it('have an organisation wait over as many connections as its share, and nobody else wait for it', async () => {
    const text = await waitingBid(free);
    const { suffering, reports } = await underAttack<{ answers: Record<string, number> }>(
      free,
      [{ script: 'sockets', task: { connections: CONNECTIONS, text, perSecond: 800 } }],
      Math.max(ATTACK_MS, 8_000), // an organisation is told to come back 250 times a second
    );
    expect(reports[0].answers['429']).toBe(CONNECTIONS - KEY_WAITS);
    expectUnharmed(suffering);
    await expectNothingHeld(free);
  }, 120_000);
});
