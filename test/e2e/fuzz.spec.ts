import { operationIds, operationOf, type OperationId } from '#contracts';
import fc from 'fast-check';
import { startTestApi, type TestApi } from '../support/api.js';
import { jobBody, marketBody, type Scene, setScene } from '../support/scenes.js';

/** Requests per operation. */
const RUNS = Number(process.env.ERIS_FUZZ_RUNS ?? 25);
const MS_MAX = Math.max(60_000, RUNS * 50);

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'fuzz', sites: 1 });
}, 60_000);
afterAll(() => api.close());

const withBody = operationIds.filter((id) => operationOf(id).body !== undefined);
const withQuery = operationIds.filter((id) => operationOf(id).query !== undefined && id !== 'streamEvents');

const goodBody = (id: OperationId): unknown =>
  ({
    createOrganisation: { name: 'fuzz' },
    createKey: { role: 'bidder', label: 'fuzz' },
    createMarket: marketBody({ name: 'fuzz' }),
    changeMarket: { status: 'open' },
    addSite: { name: 'fuzz', capacity: { gpu: 1 }, location: { latitude: 1, longitude: 2 } },
    changeCapacity: { capacity: { gpu: 1 } },
    advanceClock: { slot: 0 },
    placeBids: { bids: [{ idempotencyKey: 'fuzz', ...jobBody(scene.siteIds) }] },
    deposit: { amount: '1.5' },
    openWindow: { kind: 'maintenance', scope: 'site', siteId: scene.siteIds[0], amounts: { cpu: 1 }, from: 40, to: 41, note: 'fuzz' },
    previewWindow: { kind: 'outage', scope: 'bandwidth', amounts: { bandwidth: 1 }, to: 3 },
    cancelAllocation: { quote: 'c1-0-1-1795969970891' },
    changeAllocation: { quote: 'c1-0-1-1795969970891', bid: jobBody(scene.siteIds) },
    recur: { rule: 'FREQ=WEEKLY', start: '2031-01-01T02:00', timeZone: 'UTC', minutes: 30, scope: 'bandwidth', note: 'fuzz' },
    previewRecurring: { rule: 'FREQ=DAILY;COUNT=9', start: '2026-01-01T02:00', timeZone: 'Asia/Tokyo', minutes: 30, scope: 'market' },
    skipOccurrence: { occurrence: '2031-01-01T02:00:00.000Z' },
    beat: { at: '2026-01-01T00:00:00.000Z' },
    setBudget: { per: 'month', amount: '5', scope: 'label', label: 'fuzz' },
  })[id as string] ?? jobBody(scene.siteIds);

const pathOf = (id: OperationId): string => {
  const ids: Record<string, string> = {
    organisationId: scene.bidders[0].id,
    marketId: scene.marketId,
    siteId: scene.siteIds[0],
    accountId: scene.bidders[0].accountId,
  };
  return operationOf(id).path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '1');
};

const keyOf = (id: OperationId): string => {
  const { policy } = operationOf(id);
  return policy !== 'anyone' && policy.roles.some((role) => role === 'operator') ? scene.operatorKey : scene.bidders[0].key;
};

const oddValues = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    -1,
    0,
    1.5,
    1e300,
    -0,
    '',
    ' ',
    '\u0000',
    '\ud800',
    '𝔘',
    'x'.repeat(300),
    [],
    {},
    true,
    '1e9',
    '-1',
    '999999999999999',
    '0.0000001',
    1e9,
    2 ** 53,
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** A body in which one value, somewhere, is replaced by an odd one. */
const spoil = (body: unknown, at: readonly number[], odd: unknown): unknown => {
  if (typeof body !== 'object' || body === null || at.length === 0) return odd;
  const entries = Object.entries(body);
  if (entries.length === 0) return odd;
  const [name] = entries[at[0] % entries.length];
  const changed = Object.fromEntries(entries.map(([key, value]) => [key, key === name ? spoil(value, at.slice(1), odd) : value]));
  return Array.isArray(body) ? Object.values(changed) : changed;
};

// The client fails on every answer that the contract doesn't have; what is left to check is that nothing breaks.
it.each(withBody)(
  'stands odd bodies at %s',
  async (id) => {
    const bodies = fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), oddValues, fc.uuid());
    const property = fc.asyncProperty(bodies, async ([at, odd, idempotencyKey]) => {
      const call = { key: keyOf(id), body: spoil(goodBody(id), at, odd), headers: { 'idempotency-key': idempotencyKey } };
      expect((await api.client.send(operationOf(id).method, pathOf(id), call)).status).toBeLessThan(500);
    });
    await fc.assert(property, { numRuns: RUNS });
  },
  MS_MAX,
);

it.each(withQuery)(
  'stands odd queries at %s',
  async (id) => {
    const query = fc.dictionary(
      fc.constantFrom('limit', 'cursor', 'status', 'label', 'from', 'to', 'x'),
      fc.oneof(fc.string(), fc.constantFrom('1', '-1', '1e300', '\u0000', 'accepted')),
    );
    const property = fc.asyncProperty(query, async (fields) => {
      const text = new URLSearchParams(fields).toString();
      expect((await api.client.get(`${pathOf(id)}?${text}`, { key: keyOf(id) })).status).toBeLessThan(500);
    });
    await fc.assert(property, { numRuns: RUNS });
  },
  MS_MAX,
);

it('still decides bids after all that', async () => {
  await api.client.patch(`/v1/markets/${scene.marketId}`, { key: scene.operatorKey, body: { status: 'open' } });
  const placed = await api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': 'after-all', prefer: 'wait=20' },
  });
  expect(placed.status).toBe(200);
});
