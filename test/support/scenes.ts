import type { ApiClient, Json } from './api-client.js';

/** A market of the paper's testbed with an operator and two bidders, made over HTTP. */
export interface Scene {
  readonly operatorKey: string;
  readonly auditorKey: string;
  readonly operatorId: string;
  readonly marketId: string;
  readonly siteIds: readonly string[];
  readonly bidders: readonly Bidder[];
}

export interface Bidder {
  readonly id: string;
  readonly accountId: string;
  readonly key: string;
  readonly keyId: string;
}

export interface SceneOptions {
  /** Tells one scene's names from another's. */
  readonly name: string;
  readonly sites?: number;
  readonly market?: object;
  readonly funds?: string;
}

/** Sets up an operator of its own, its market with sites, and two bidders with money. */
export async function setScene(
  api: ApiClient,
  adminKey: string,
  { name, sites = 3, market = {}, funds = '1000000' }: SceneOptions,
): Promise<Scene> {
  const operator = await api.post('/v1/organisations', { key: adminKey, body: { name } });
  const operatorId: string = operator.body.id;
  const operatorKey = (await makeKey(api, adminKey, operatorId, 'operator')).key;
  const auditorKey = (await makeKey(api, adminKey, operatorId, 'auditor')).key;
  const opened = await api.post('/v1/markets', { key: operatorKey, body: marketBody({ name, ...market }) });
  const marketId: string = opened.body.id;
  const siteIds: string[] = [];
  for (let index = 1; index <= sites; index++) siteIds.push(await addSite(api, operatorKey, marketId, `site-${index}`));
  const bidders = [await addBidder(api, { operatorKey, name: 'one', funds }), await addBidder(api, { operatorKey, name: 'two', funds })];
  return { operatorKey, auditorKey, operatorId, marketId, siteIds, bidders };
}

export async function makeKey(api: ApiClient, key: string, organisationId: string, role: string): Promise<{ id: string; key: string }> {
  const made = await api.post(`/v1/organisations/${organisationId}/keys`, { key, body: { role, label: `a ${role}` } });
  return { id: made.body.id, key: made.body.key };
}

export async function addSite(api: ApiClient, key: string, marketId: string, name: string): Promise<string> {
  const made = await api.post(`/v1/markets/${marketId}/sites`, { key, body: { name, capacity: { gpu: 1, cpu: 12, memoryGB: 16 } } });
  return made.body.id;
}

export async function addBidder(
  api: ApiClient,
  { operatorKey, name, funds }: { operatorKey: string; name: string; funds: string },
): Promise<Bidder> {
  const made = await api.post('/v1/organisations', { key: operatorKey, body: { name } });
  const { id, accountId } = made.body;
  const key = await makeKey(api, operatorKey, id, 'bidder');
  if (funds !== '0')
    await api.post(`/v1/accounts/${accountId}/deposits`, {
      key: operatorKey,
      body: { amount: funds },
      headers: { 'idempotency-key': `first-${id}` },
    });
  return { id, accountId, key: key.key, keyId: key.id };
}

export const marketBody = (fields: object = {}): Record<string, unknown> => ({
  name: 'testbed',
  clock: 'manual',
  slotMinutes: 20,
  horizonSlots: 50,
  chunkMB: 2,
  bandwidthMB: 20480,
  resources: ['gpu', 'cpu', 'memoryGB'],
  prices: { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0' },
  ...fields,
});

/** A small job whose data lies at the first site; worth `value` for as long as the market looks ahead. */
export const jobBody = (siteIds: readonly string[], fields: object = {}): Record<string, unknown> => ({
  valuation: { kind: 'deadline', value: 1000, deadline: 49 },
  chunks: { [siteIds[0]]: 10 },
  epochs: 20,
  throughput: 24,
  parameterMB: 97.4,
  worker: { gpu: 1, cpu: 2, memoryGB: 4 },
  ps: { cpu: 1, memoryGB: 2 },
  ...fields,
});

/** Places a bid and waits for its decision. */
export async function decidedBid(
  api: ApiClient,
  scene: Scene,
  { idempotencyKey, bidder = 0, body = jobBody(scene.siteIds) }: { idempotencyKey: string; bidder?: number; body?: object },
): Promise<Json> {
  const placed = await api.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[bidder].key,
    body,
    headers: { 'idempotency-key': idempotencyKey, prefer: 'wait=20' },
  });
  if (placed.status !== 200) throw new Error(`not decided in 20 s: ${JSON.stringify(placed.body)}`);
  return placed.body;
}
