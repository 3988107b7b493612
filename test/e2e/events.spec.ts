import { request } from 'undici';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, type Scene, setScene } from '../support/scenes.js';

interface SseEvent {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly sequence: string; readonly payload: { readonly bidId?: string } };
}

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'events' });
}, 60_000);
afterAll(() => api.close());

/** Reads events until `enough` says so, then hangs up. */
async function follow(
  key: string,
  enough: (events: readonly SseEvent[]) => boolean,
  headers: Record<string, string> = {},
): Promise<SseEvent[]> {
  const hangUp = new AbortController();
  const response = await request(`${api.client.url}/v1/markets/${scene.marketId}/events`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
    signal: hangUp.signal,
  });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
  let text = '';
  for await (const chunk of response.body) {
    text += String(chunk);
    const events = eventsIn(text);
    if (!enough(events)) continue;
    hangUp.abort();
    return events;
  }
  return eventsIn(text);
}

const eventsIn = (text: string): SseEvent[] =>
  [...text.matchAll(/id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/g)].map(([, id, event, data]) => ({
    id: Number(id),
    event,
    data: JSON.parse(data) as SseEvent['data'],
  }));
const decisions = (events: readonly SseEvent[]): SseEvent[] => events.filter(({ event }) => event.startsWith('bid_'));

it('should tell the whole log in order, then what happens', async () => {
  const following = follow(scene.operatorKey, (events) => decisions(events).length >= 3);
  for (const idempotencyKey of ['one', 'two', 'three']) await decidedBid(api.client, scene, { idempotencyKey });
  const events = await following;
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1)); // no gap, no repeat
  expect(events.map(({ event }) => event).slice(0, 4)).toEqual(['market_opened', 'site_added', 'site_added', 'site_added']);
});

it('should go on after Last-Event-ID', async () => {
  await decidedBid(api.client, scene, { idempotencyKey: 'four' });
  const all = await follow(scene.operatorKey, (events) => decisions(events).length >= 4);
  const rest = await follow(scene.operatorKey, (events) => decisions(events).length >= 2, {
    'last-event-id': String(all[all.length - 3].id),
  });
  expect(rest).toEqual(all.slice(-2));
});

it('should show bidders the market and their own decisions only', async () => {
  const mine = await decidedBid(api.client, scene, { idempotencyKey: 'mine', bidder: 1 });
  const events = await follow(scene.bidders[1].key, (seen) => decisions(seen).length >= 1);
  expect(decisions(events).map(({ data }) => data.payload.bidId)).toEqual([mine.id]);
  expect(events[0].event).toBe('market_opened');
});

it('should miss and repeat nothing over many hang-ups', async () => {
  const bidding = (async () => {
    for (let index = 0; index < 30; index++) await decidedBid(api.client, scene, { idempotencyKey: `steady-${index}` });
  })();
  const seen: number[] = [];
  while (seen.length < 34) {
    const last = seen.at(-1) ?? 0;
    const events = await follow(scene.operatorKey, (some) => some.length >= 3, { 'last-event-id': String(last) });
    seen.push(...events.map(({ id }) => id));
  }
  await bidding;
  expect(seen).toEqual(seen.map((_, index) => index + 1));
}, 60_000);

it('should end the streams when the server stops', async () => {
  const own = await startTestApi();
  const ownScene = await setScene(own.client, own.adminKey, { name: 'short' });
  const response = await request(`${own.client.url}/v1/markets/${ownScene.marketId}/events`, {
    headers: { authorization: `Bearer ${ownScene.operatorKey}` },
  });
  const reading = response.body.text();
  await own.close();
  expect(await reading).toContain('market_opened');
}, 60_000);

it('should refuse a Last-Event-ID that is none, and markets of others', async () => {
  const path = `/v1/markets/${scene.marketId}/events`;
  expect(await api.client.get(path, { key: scene.operatorKey, headers: { 'last-event-id': 'x' } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'Last-Event-ID' }] },
  });
  expect((await api.client.get('/v1/markets/999999/events', { key: scene.operatorKey })).status).toBe(404);
});
