import { setTimeout as sleep } from 'node:timers/promises';
import { EVENTS, operationIds } from '#contracts';
import { type BodyOf, Eris, type MarketEvent, type OperationId, ProblemError } from '#sdk';
import { startSibling, startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, jobBody, makeKey, marketBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

let api: TestApi;
let scene: Scene;
let operator: Eris;
let bidder: Eris;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'sdk' });
  operator = new Eris({ url: api.client.url, key: scene.operatorKey });
  bidder = new Eris({ url: api.client.url, key: scene.bidders[0].key });
}, 60_000);
afterAll(() => api.close());

const job = (fields: object = {}): BodyOf<'placeBid'> => jobBody(scene.siteIds, fields) as BodyOf<'placeBid'>;

/** Events of the scene's market until there are so many. */
async function take(eris: Eris, count: number, after?: string): Promise<MarketEvent[]> {
  const events: MarketEvent[] = [];
  for await (const event of eris.events(scene.marketId, after === undefined ? {} : { after })) if (events.push(event) === count) break;
  return events;
}

/** Recurring maintenance of which nothing is near enough to be a window. */
const FAR_OFF = '2031-01-01T00:00:00.000Z';
const NEVER_NEAR = { rule: 'FREQ=DAILY', start: '2031-01-01T00:00', timeZone: 'UTC', minutes: 60, scope: 'market' } as const;
const recurringOf = async (marketId: string) => {
  const [recurring] = await operator.all('listRecurring', { params: { marketId } });
  return { marketId, recurringId: recurring?.id ?? '' };
};
/** Closes the window of a market, once all whom it hit were dealt with. */
async function closed(marketId: string): Promise<unknown> {
  const first = async () => (await operator.all('listWindows', { params: { marketId } }))[0];
  await until(async () => (await first())?.settled === true, { everyMs: 50, maxMs: 20_000 });
  return operator.call('closeWindow', { params: { marketId, windowId: (await first())?.id ?? '' } });
}

/** Cancels an allocation by a quote. */
async function cancelled(bidId: string): Promise<unknown> {
  const { id } = await bidder.call('quoteCancellation', { params: { bidId } });
  return bidder.call('cancelAllocation', { params: { bidId }, body: { quote: id } });
}

/** Changes an allocation by a quote. */
async function changed(): Promise<unknown> {
  const placed = await bidder.call('placeBid', { params: { marketId: scene.marketId }, body: job(), waitSeconds: 20 });
  const { id: quote } = await bidder.call('quoteCancellation', { params: { bidId: placed.id } });
  return bidder.call('changeAllocation', { params: { bidId: placed.id }, body: { quote, bid: job() } });
}

/** Operations whose answers have no body. */
const NO_ANSWER: ReadonlySet<OperationId> = new Set([
  'revokeKey',
  'signOut',
  'signOutEverywhere',
  'closeWindow',
  'deleteBudget',
  'skipOccurrence',
  'endRecurring',
]);

it('reaches every operation', async () => {
  const { marketId, siteIds, bidders, operatorId } = scene;
  const params = { marketId };
  const { id: bidId } = await bidder.call('placeBid', { params, body: job(), waitSeconds: 20 });
  const own = await operator.call('createMarket', { body: marketBody({ name: 'own' }) as BodyOf<'createMarket'> });
  const key = await operator.call('createKey', { params: { organisationId: bidders[1].id }, body: { role: 'bidder' } });
  const [first] = await operator.all('listKeys');
  const ofSite = await operator.call('createKey', { params: { organisationId: operatorId }, body: { role: 'agent', siteId: siteIds[2] } });
  const agent = new Eris({ url: api.client.url, key: ofSite.key });
  const calls: { readonly [Id in OperationId]: () => Promise<unknown> } = {
    createOrganisation: () => operator.call('createOrganisation', { body: { name: 'third' } }),
    listOrganisations: () => operator.call('listOrganisations'),
    createKey: () => operator.call('createKey', { params: { organisationId: operatorId }, body: { role: 'auditor' } }),
    setBudget: () =>
      bidder.call('setBudget', {
        params: { organisationId: bidders[0].id, name: 'all of it' },
        body: { scope: 'organisation', per: 'all', amount: '900000' },
      }),
    getBudget: () => bidder.call('getBudget', { params: { organisationId: bidders[0].id, name: 'all of it' } }),
    listBudgets: () => bidder.call('listBudgets', { params: { organisationId: bidders[0].id } }),
    deleteBudget: () => bidder.call('deleteBudget', { params: { organisationId: bidders[0].id, name: 'all of it' } }),
    listKeys: () => operator.call('listKeys', { query: { limit: 1 } }),
    revokeKeyByText: () => operator.call('revokeKeyByText', { body: { key: key.key } }),
    revokeKey: () => operator.call('revokeKey', { params: { keyId: key.id } }),
    signIn: () => operator.call('signIn'),
    whoami: () => bidder.call('whoami'),
    signOut: () => operator.call('signOut'),
    signOutEverywhere: () => operator.call('signOutEverywhere'),
    readBook: () => bidder.call('readBook', { params, query: { resource: 'gpu', at: '3' } }),
    listPriceHistory: () => bidder.call('listPriceHistory', { params, query: { slot: 2, resource: 'bandwidth' } }),
    listLevels: () => bidder.call('listLevels', { params, query: { limit: 2 } }),
    readSeries: () => operator.call('readSeries', { params, query: { minutes: 60 } }),
    searchBids: () => bidder.call('searchBids', { params, query: { sort: 'payment', limit: 2 } }),
    groupBids: () => operator.call('groupBids', { params, query: { by: 'reason' } }),
    createMarket: () => operator.call('createMarket', { body: marketBody({ name: 'another' }) as BodyOf<'createMarket'> }),
    listMarkets: () => bidder.call('listMarkets'),
    getMarket: () => bidder.call('getMarket', { params }),
    changeMarket: () => operator.call('changeMarket', { params: { marketId: own.id }, body: { status: 'paused' } }),
    addSite: () =>
      operator.call('addSite', { params: { marketId: own.id }, body: { name: 'site', capacity: { gpu: 1, cpu: 1, memoryGB: 1 } } }),
    listSites: () => bidder.call('listSites', { params }),
    changeCapacity: () =>
      operator.call('changeCapacity', { params: { marketId, siteId: siteIds[2] }, body: { capacity: { gpu: 2, cpu: 12, memoryGB: 16 } } }),
    beat: () => agent.call('beat', { params: { siteId: siteIds[2] ?? '' }, body: { at: new Date().toISOString() } }),
    previewWindow: () => operator.call('previewWindow', { params, body: { kind: 'outage', scope: 'market' } }),
    openWindow: () => operator.call('openWindow', { params: { marketId: own.id }, body: { kind: 'outage', scope: 'bandwidth' } }),
    listIncidents: () => bidder.call('listIncidents', { params: { marketId } }),
    listWindows: () => operator.call('listWindows', { params: { marketId: own.id } }),
    closeWindow: () => closed(own.id),
    previewRecurring: () => operator.call('previewRecurring', { params, body: NEVER_NEAR }),
    recur: () => operator.call('recur', { params: { marketId: own.id }, body: NEVER_NEAR }),
    listRecurring: () => operator.call('listRecurring', { params: { marketId: own.id } }),
    skipOccurrence: async () => operator.call('skipOccurrence', { params: await recurringOf(own.id), body: { occurrence: FAR_OFF } }),
    endRecurring: async () => operator.call('endRecurring', { params: await recurringOf(own.id) }),
    advanceClock: () => operator.call('advanceClock', { params, body: { slot: 1 } }),
    readPrices: () => bidder.call('readPrices', { params, query: { from: 2, to: 3 } }),
    quoteBid: () => bidder.call('quoteBid', { params, body: job() }),
    streamEvents: () => take(bidder, 1),
    placeBid: () => bidder.call('placeBid', { params, body: job(), idempotencyKey: 'one' }),
    listBids: () => bidder.call('listBids', { params, query: { status: 'accepted' } }),
    placeBids: () => bidder.call('placeBids', { params, body: { bids: [{ ...job(), idempotencyKey: 'bulk' }] } }),
    getBid: () => bidder.call('getBid', { params: { bidId } }),
    explainBid: () => bidder.call('explainBid', { params: { bidId } }),
    listAllocations: () => bidder.call('listAllocations', { query: { state: 'running' } }),
    quoteCancellation: () => bidder.call('quoteCancellation', { params: { bidId } }),
    changeAllocation: () => changed(),
    cancelAllocation: () => cancelled(bidId),
    getAllocation: () => bidder.call('getAllocation', { params: { bidId } }),
    explainPayment: () => bidder.call('explainPayment', { params: { bidId } }),
    readReceipt: () => bidder.call('readReceipt', { params: { bidId } }),
    readDensity: () => bidder.call('readDensity', { params: { bidId } }),
    listAccounts: () => bidder.call('listAccounts'),
    listEntries: () => bidder.call('listEntries', { params: { accountId: bidders[0].accountId } }),
    deposit: () => operator.call('deposit', { params: { accountId: bidders[0].accountId }, body: { amount: '1' } }),
    healthz: () => new Eris({ url: api.client.url }).call('healthz'),
    readyz: () => new Eris({ url: api.client.url }).call('readyz'),
    metrics: () => new Eris({ url: api.client.url }).call('metrics'),
    eventSchemas: () => new Eris({ url: api.client.url }).call('eventSchemas'),
    openapi: () => new Eris({ url: api.client.url }).call('openapi'),
  };
  expect(first.prefix).toMatch(/^eris_/);
  expect(Object.keys(calls).sort()).toEqual([...operationIds].sort());
  for (const id of operationIds)
    expect([id, typeof (await calls[id]())]).toEqual([id, NO_ANSWER.has(id) ? 'undefined' : id === 'metrics' ? 'string' : 'object']);
});

it('makes a request with the same key once', async () => {
  const bid = { params: { marketId: scene.marketId }, body: job(), idempotencyKey: 'twice' };
  const [first, second] = [await bidder.ask('placeBid', bid), await bidder.ask('placeBid', bid)];
  expect([first.data.id, first.isReplayed, second.isReplayed]).toEqual([second.data.id, false, true]);
  const otherwise = bidder.call('placeBid', { ...bid, body: job({ epochs: 21 }) });
  await expect(otherwise).rejects.toMatchObject({ code: 'key_reused', status: 422, remedy: expect.stringContaining('new key') });
});

it('says which fields are wrong', async () => {
  const faulty = bidder.call('placeBid', { params: { marketId: scene.marketId }, body: job({ epochs: 0 }) });
  await expect(faulty).rejects.toMatchObject({
    name: 'ProblemError',
    code: 'invalid_body',
    errors: [{ path: '$.epochs', message: 'must be at least 1' }],
    requestId: expect.stringMatching(/./),
  });
});

it('gives what a limit turned away when it may come again', async () => {
  const limited = await startTestApi({ worker: false, settings: { rateLimit: { perSecond: 2, burst: 2 } } });
  const pauses: number[] = [];
  const eris = new Eris({ url: limited.client.url, key: limited.adminKey, onRetry: ({ pauseMs }) => pauses.push(pauseMs) });
  await Promise.all(Array.from({ length: 4 }, () => eris.call('listMarkets')));
  await limited.close();
  expect(pauses.length).toBeGreaterThan(0);
  for (const ms of pauses) expect(ms).toBe(1000);
}, 60_000);

it('follows a market while its servers come and go, and misses nothing', async () => {
  const sibling = await startSibling(api.databaseUrl);
  const urls = [sibling.client.url, api.client.url];
  const events: MarketEvent[] = [];
  const eris = new Eris({
    url: 'http://eris.invalid',
    key: scene.operatorKey,
    fetch: (request) => fetch(new Request(request.url.replace('http://eris.invalid', urls[0]), request)),
  });
  const giveUp = new AbortController();
  const following = (async () => {
    for await (const event of eris.events(scene.marketId, { signal: giveUp.signal, retryMs: 20 })) events.push(event);
  })();
  for (let index = 0; index < 10; index++) {
    await decidedBid(api.client, scene, { idempotencyKey: `steady-${index}` });
    if (index === 4) {
      urls.shift();
      await sibling.close();
    }
  }
  const { sequence } = await operator.call('getMarket', { params: { marketId: scene.marketId } });
  while (events.at(-1)?.sequence !== sequence) await sleep(20);
  giveUp.abort(new Error('enough'));
  await expect(following).rejects.toThrow('enough');
  expect(events.map((event) => Number(event.sequence))).toEqual(events.map((_, index) => index + 1));
  for (const event of events) EVENTS[event.kind].parse(event);
}, 60_000);

it('ends the following of whoever loses the key', async () => {
  const { key, id } = await makeKey(api.client, scene.operatorKey, scene.bidders[1].id, 'bidder');
  const events: MarketEvent[] = [];
  const following = (async () => {
    for await (const event of new Eris({ url: api.client.url, key }).events(scene.marketId)) events.push(event);
  })();
  while (events.length === 0) await sleep(20);
  await operator.call('revokeKey', { params: { keyId: id } });
  await expect(following).rejects.toThrow(ProblemError);
  await expect(following).rejects.toMatchObject({ code: 'unauthenticated' });
}, 30_000);
