import { request } from 'undici';
import { Eris, type MarketEvent } from '#sdk';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'events' });
}, 60_000);
afterAll(() => api.close());

/** Reads events until `enough` says so, then hangs up. */
async function follow(key: string, enough: (events: readonly MarketEvent[]) => boolean, after = '0'): Promise<MarketEvent[]> {
  const events: MarketEvent[] = [];
  for await (const event of new Eris({ url: api.client.url, key }).events(scene.marketId, { after })) {
    events.push(event);
    if (enough(events)) break;
  }
  return events;
}

const idOf = ({ sequence }: MarketEvent): number => Number(sequence);
const decisions = (events: readonly MarketEvent[]) =>
  events.filter((event) => event.kind === 'bid_accepted' || event.kind === 'bid_refused');

it('tells the whole log in order, then what happens', async () => {
  const following = follow(scene.operatorKey, (events) => decisions(events).length >= 3);
  for (const idempotencyKey of ['one', 'two', 'three']) await decidedBid(api.client, scene, { idempotencyKey });
  const events = await following;
  expect(events.map(idOf)).toEqual(events.map((_, index) => index + 1)); // no gap, no repeat
  expect(events.map(({ kind }) => kind).slice(0, 4)).toEqual(['market_opened', 'site_added', 'site_added', 'site_added']);
});

it('goes on after Last-Event-ID', async () => {
  await decidedBid(api.client, scene, { idempotencyKey: 'four' });
  const all = await follow(scene.operatorKey, (events) => decisions(events).length >= 4);
  const rest = await follow(scene.operatorKey, (events) => decisions(events).length >= 2, all[all.length - 3].sequence);
  expect(rest).toEqual(all.slice(-2));
});

it('shows bidders the market and their own decisions only', async () => {
  const mine = await decidedBid(api.client, scene, { idempotencyKey: 'mine', bidder: 1 });
  const events = await follow(scene.bidders[1].key, (seen) => decisions(seen).length >= 1);
  expect(decisions(events).map(({ payload }) => payload.bidId)).toEqual([mine.id]);
  expect(events[0].kind).toBe('market_opened');
});

it('misses and repeats nothing over many hang-ups', async () => {
  const bidding = (async () => {
    for (let index = 0; index < 30; index++) await decidedBid(api.client, scene, { idempotencyKey: `steady-${index}` });
  })();
  const seen: number[] = [];
  while (seen.length < 34) {
    const last = seen.at(-1) ?? 0;
    const events = await follow(scene.operatorKey, (some) => some.length >= 3, String(last));
    seen.push(...events.map(idOf));
  }
  await bidding;
  expect(seen).toEqual(seen.map((_, index) => index + 1));
}, 60_000);

it('ends the streams when the server stops', async () => {
  const own = await startTestApi();
  const ownScene = await setScene(own.client, own.adminKey, { name: 'short' });
  const response = await request(`${own.client.url}/v1/markets/${ownScene.marketId}/events`, {
    headers: { authorization: `Bearer ${ownScene.operatorKey}` },
  });
  const reading = response.body.text();
  await own.close();
  expect(await reading).toContain('market_opened');
}, 60_000);

it('refuses a Last-Event-ID that is none, and markets of others', async () => {
  const path = `/v1/markets/${scene.marketId}/events`;
  expect(await api.client.get(path, { key: scene.operatorKey, headers: { 'last-event-id': 'x' } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'Last-Event-ID' }] },
  });
  expect((await api.client.get('/v1/markets/999999/events', { key: scene.operatorKey })).status).toBe(404);
});
