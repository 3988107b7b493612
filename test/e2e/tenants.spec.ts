import { operationIds, operationOf, type OperationId, ROLES } from '#contracts';
import type { Json } from '../support/api-client.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, jobBody, makeKey, marketBody, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let theirs: Scene;
let ours: Scene;
let bidId: string;
const keys: Record<string, string> = {};
const before: string[] = [];

beforeAll(async () => {
  api = await startTestApi();
  theirs = await setScene(api.client, api.adminKey, { name: 'theirs-secret' });
  ours = await setScene(api.client, api.adminKey, { name: 'ours' });
  bidId = (await decidedBid(api.client, theirs, { idempotencyKey: 'theirs' })).id;
  keys.operator = ours.operatorKey;
  keys.auditor = ours.auditorKey;
  keys.bidder = ours.bidders[0].key;
  const asAgent = { key: ours.operatorKey, body: { role: 'agent', siteId: ours.siteIds[0] } };
  keys.agent = (await api.client.post(`/v1/organisations/${ours.operatorId}/keys`, asAgent)).body.key;
  before.push(...(await countRows()));
}, 60_000);
afterAll(() => api.close());

const RECURRING = { rule: 'FREQ=DAILY', start: '2031-01-01T02:00', timeZone: 'UTC', minutes: 60, scope: 'market' };

/** An id of theirs for every parameter that a path may have. */
const foreign = (): Record<string, string> => ({
  organisationId: theirs.bidders[0].id,
  keyId: theirs.bidders[0].keyId,
  marketId: theirs.marketId,
  siteId: theirs.siteIds[0],
  bidId,
  accountId: theirs.bidders[0].accountId,
  name: 'theirs',
});

const bodies: Partial<Record<OperationId, () => unknown>> = {
  createKey: () => ({ role: 'bidder' }),
  changeMarket: () => ({ status: 'closed' }),
  addSite: () => ({ name: 'intruder', capacity: { gpu: 1 } }),
  changeCapacity: () => ({ capacity: { gpu: 0, cpu: 0, memoryGB: 0 } }),
  advanceClock: () => ({ slot: 5 }),
  quoteBid: () => jobBody(theirs.siteIds),
  placeBid: () => jobBody(theirs.siteIds),
  placeBids: () => ({ bids: [{ idempotencyKey: 'intruder', ...jobBody(theirs.siteIds) }] }),
  deposit: () => ({ amount: '1' }),
  cancelAllocation: () => ({ quote: `c${bidId}-1-1-${Date.now() + 60_000}` }),
  changeAllocation: () => ({ quote: `c${bidId}-1-1-${Date.now() + 60_000}`, bid: jobBody(theirs.siteIds) }),
  openWindow: () => ({ kind: 'outage', scope: 'market' }),
  previewWindow: () => ({ kind: 'outage', scope: 'market' }),
  recur: () => RECURRING,
  previewRecurring: () => RECURRING,
  skipOccurrence: () => ({ occurrence: '2031-01-01T02:00:00.000Z' }),
  setBudget: () => ({ scope: 'organisation', per: 'all', amount: '1' }),
  beat: () => ({ at: new Date().toISOString() }),
  createOrganisation: () => ({ name: 'new' }),
  createMarket: () => marketBody({ name: 'new' }),
};

/** Of operations that ask for some. */
const queries: Partial<Record<OperationId, string>> = { listPriceHistory: '?resource=gpu&slot=0' };

const call = (id: OperationId, key: string | undefined): Promise<{ status: number; body: Json }> => {
  const { method, path } = operationOf(id);
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => foreign()[name]);
  const body = bodies[id]?.();
  return api.client.send(method, `${target}${queries[id] ?? ''}`, {
    ...(key ? { key } : {}),
    ...(body === undefined ? {} : { body }),
    headers: { 'idempotency-key': `matrix-${id}` },
  });
};

const countRows = async (): Promise<string[]> => {
  const tables = [
    'organisation',
    'api_key',
    'market',
    'site',
    'bid',
    'decision',
    'transfer',
    'event',
    'budget',
    'market_window',
    'recurring_window',
  ];
  const counts = tables.map(
    (name) => `SELECT '${name} ' || count(*) || ' ' || md5(string_agg(t::text, '|' ORDER BY t::text)) AS row FROM ${name} t`,
  );
  const { rows } = await api.pool.query<{ row: string }>(counts.join(' UNION ALL '));
  return rows.map(({ row }) => row);
};

const guarded = operationIds.filter((id) => operationOf(id).policy !== 'anyone');
const foreignOperations = guarded.filter((id) => operationOf(id).path.includes('{'));
const listOperations = guarded.filter((id) => operationOf(id).method === 'GET' && !operationOf(id).path.includes('{'));

describe.each(ROLES)('as a %s of another tenant', (role) => {
  it.each(foreignOperations)('gets nothing from %s', async (id) => {
    const { status, body } = await call(id, keys[role]);
    const { policy } = operationOf(id);
    const mayAsk = policy !== 'anyone' && policy.roles.includes(role) && id !== 'beat'; // a site's key is refused at every other site
    expect(status).toBe(mayAsk ? 404 : 403);
    expect(JSON.stringify(body)).not.toContain('theirs-secret');
  });

  it.each(listOperations)('sees nothing of theirs in %s', async (id) => {
    const { body } = await call(id, keys[role]);
    const text = JSON.stringify(body);
    expect(text).not.toContain('theirs-secret');
    for (const bidder of theirs.bidders) expect(text).not.toContain(`"id":"${bidder.accountId}"`);
  });
});

it.each(guarded)('asks for a key at %s', async (id) => {
  expect((await call(id, undefined)).status).toBe(401);
});

it('has changed nothing', async () => {
  expect(await countRows()).toEqual(before);
});

it('refuses a key within five seconds of its revocation', async () => {
  const spare = await makeKey(api.client, ours.operatorKey, ours.bidders[1].id, 'bidder');
  expect((await api.client.get('/v1/markets', { key: spare.key })).status).toBe(200);
  expect((await api.client.delete(`/v1/keys/${spare.id}`, { key: ours.operatorKey })).status).toBe(204);
  expect((await api.client.get('/v1/markets', { key: spare.key })).status).toBe(401);
});

it('keeps no key in the database', async () => {
  const { rows } = await api.pool.query<{ row: string }>(
    `SELECT t::text AS row FROM api_key t UNION ALL SELECT t::text FROM idempotency_record t`,
  );
  for (const key of Object.values(keys)) for (const { row } of rows) expect(row).not.toContain(key);
});
