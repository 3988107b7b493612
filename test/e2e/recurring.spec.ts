import { DEAR, expectWhole } from '../support/after-sale.js';
import { startTestApi, type TestApi } from '../support/api.js';
import type { Answer, Json } from '../support/api-client.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

// Real: the application over HTTP, Postgres, the worker.
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

const MINUTE = 60_000;
/** Of the scenes' markets. */
const SLOT_MINUTES = 20;
const scenes = (name: string, sites = 2): Promise<Scene> => setScene(api.client, api.adminKey, { name, sites, market: DEAR });
const path = (scene: Scene, rest = ''): string => `/v1/markets/${scene.marketId}/recurring-windows${rest}`;
const asOperator = (scene: Scene, body: object, digest?: string) => ({
  key: scene.operatorKey,
  body,
  ...(digest !== undefined && { headers: { 'if-match': digest } }),
});
const post = (scene: Scene, body: object, digest?: string): Promise<Answer> =>
  api.client.post(path(scene), asOperator(scene, body, digest));
const preview = (scene: Scene, body: object): Promise<Answer> => api.client.post(path(scene, '/preview'), asOperator(scene, body));
const list = async (scene: Scene): Promise<Json[]> => (await api.client.get(path(scene), { key: scene.bidders[0]?.key })).body.items;
const windows = async (scene: Scene): Promise<Json[]> =>
  (await api.client.get(`/v1/markets/${scene.marketId}/windows?limit=200`, { key: scene.operatorKey })).body.items;
const settled = async (scene: Scene, count: number): Promise<Json[]> => {
  await until(async () => (await windows(scene)).filter((each) => each.settled).length >= count, { everyMs: 50, maxMs: 20_000 });
  return windows(scene);
};
const move = (scene: Scene, slot: number): Promise<Answer> =>
  api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot } });
/** The next whole minute after which a slot of the market begins, in UTC: 2027-01-31T02:00. */
const minuteOf = async (scene: Scene, slot: number): Promise<string> => {
  const { body } = await api.client.get(`/v1/markets/${scene.marketId}`, { key: scene.operatorKey });
  const ms = Date.parse(body.openedAt) + slot * SLOT_MINUTES * MINUTE;
  return new Date(Math.ceil(ms / MINUTE) * MINUTE).toISOString().slice(0, 16);
};
/** Every two hours, so every six slots, from a slot on: of less than two slots. */
const everySix = async (scene: Scene, slot: number, fields: object = {}) => ({
  ...{ rule: 'FREQ=HOURLY;INTERVAL=2', start: await minuteOf(scene, slot), timeZone: 'UTC', minutes: 30 },
  ...{ scope: 'site', siteId: scene.siteIds[0], note: 'fans' },
  ...fields,
});
const bought = (scene: Scene, idempotencyKey: string): Promise<Json> =>
  decidedBid(api.client, scene, { idempotencyKey, body: jobBody(scene.siteIds, { chunks: { [scene.siteIds[0] ?? '']: 4 }, epochs: 24 }) });
const verify = (scene: Scene): Promise<void> => expectWhole(api.pool, scene.marketId);

describe('recurring maintenance', () => {
  it('does what its preview said: all occurrences near at hand are windows, and whom they hit is moved past all of them', async () => {
    const scene = await scenes('recurs', 1);
    const bid = await bought(scene, 'hit'); // slots 0 to 3
    const body = await everySix(scene, 2);
    const { status, body: told } = await preview(scene, body);
    expect([status, told.occurrences.length, told.occurrences[0].from, told.occurrences[1]]).toMatchObject([
      200,
      17,
      2,
      { from: 8, to: 10 },
    ]);
    expect(told.hits).toMatchObject([{ bidId: bid.id, outcome: 'repaired', promised: 3, completion: 5 }]);
    expect(await windows(scene)).toEqual([]);
    const made = await post(scene, body, told.digest);
    expect(made).toMatchObject({ status: 201, body: { state: 'active', rule: body.rule, note: 'fans' } });
    expect(made.body.occurrences).toHaveLength(10);
    const all = await settled(scene, 17);
    expect(all.map(({ from, to }) => ({ from, to }))).toEqual(told.occurrences.map(({ from, to }: Json) => ({ from, to })));
    expect(all.map(({ kind, recurringId, cause }) => [kind, recurringId, cause])).toEqual(
      all.map(() => ['maintenance', made.body.id, 'maintenance']),
    );
    expect(all.map(({ hits }) => hits.repaired)).toEqual([1, ...all.slice(1).map(() => 0)]);
    const life = (await api.client.get(`/v1/allocations/${bid.id}`, { key: scene.operatorKey })).body;
    expect([life.returned, life.slots.at(-1).slot]).toEqual([told.returned, 5]);
    await verify(scene);
  }, 60_000);

  it('is not made where it would do something else than its preview said', async () => {
    const scene = await scenes('stale');
    const body = await everySix(scene, 2);
    const { body: told } = await preview(scene, body);
    await bought(scene, 'meanwhile');
    const stale = await post(scene, body, told.digest);
    expect(stale).toMatchObject({ status: 412, body: { type: 'urn:eris:problem:preview_outdated', preview: { slot: 0 } } });
    expect([stale.body.preview.hits.length, await windows(scene), await list(scene)]).toEqual([1, [], []]);
    expect((await post(scene, { ...body, minutes: 31 }, stale.body.preview.digest)).status).toBe(412);
    expect((await post(scene, body, stale.body.preview.digest)).status).toBe(201);
    await settled(scene, 17);
    await verify(scene);
  }, 60_000);

  it('goes on as the clock comes near, each occurrence once, before its slots are on sale', async () => {
    const scene = await scenes('goes-on');
    await post(scene, await everySix(scene, 2));
    await settled(scene, 17); // of slots 1 to 100
    for (const slot of [30, 60]) {
      await move(scene, slot);
      await settled(scene, 17 + slot / 6);
    }
    const all = await windows(scene);
    expect(all.map(({ from }) => from)).toEqual(Array.from({ length: 27 }, (_, at) => 2 + 6 * at));
    await verify(scene);
  }, 60_000);

  it('waits while another window stands in the way of an occurrence, and withdraws what is left of it then', async () => {
    const scene = await scenes('waits');
    await post(scene, await everySix(scene, 2, { rule: 'FREQ=DAILY', minutes: 6 * SLOT_MINUTES })); // slots 2 to 8 and 74 to 80
    await settled(scene, 2);
    const other = `/v1/markets/${scene.marketId}/windows`;
    const wanted = { kind: 'outage', scope: 'bandwidth', from: 100 };
    expect(await api.client.post(other, asOperator(scene, { ...wanted, scope: 'site', siteId: scene.siteIds[0] }))).toMatchObject({
      status: 201,
    });
    await settled(scene, 3);
    await move(scene, 48); // 146 to 152 come near
    const last = async (): Promise<Json> => (await list(scene))[0]?.occurrences.at(-1);
    await until(async () => (await last()).from === 146 && (await last()).state === 'waiting', { everyMs: 50, maxMs: 20_000 });
    expect((await list(scene))[0]?.occurrences.map(({ from, state, windowId }: Json) => [from, state, windowId === null])).toEqual([
      [74, 'planned', false],
      [146, 'waiting', true],
    ]);
    for (const slot of [98, 147]) await move(scene, slot);
    expect((await windows(scene)).map(({ from }) => from)).toEqual([2, 74, 100]);
    const outage = (await windows(scene)).at(-1);
    expect((await api.client.delete(`${other}/${outage?.id}`, { key: scene.operatorKey })).status).toBe(204);
    const after = (await settled(scene, 5)).slice(3);
    expect(after.map(({ from, to, note }) => [from, to, note])).toEqual([
      [148, 153, 'fans'],
      [218, 225, 'fans'],
    ]);
    await verify(scene);
  }, 60_000);
});

describe('an end of recurring maintenance', () => {
  const skip = (scene: Scene, id: string, occurrence: string): Promise<Answer> =>
    api.client.post(path(scene, `/${id}/skips`), asOperator(scene, { occurrence }));
  const end = (scene: Scene, id: string): Promise<Answer> => api.client.delete(path(scene, `/${id}`), { key: scene.operatorKey });
  const statesOf = async (scene: Scene): Promise<string[]> => (await windows(scene)).map(({ from, state }) => `${from} ${state}`);

  it('takes one occurrence out, whether it is a window or not', async () => {
    const scene = await scenes('skips');
    const { body } = await post(scene, await everySix(scene, 2, { rule: 'FREQ=DAILY' })); // slots 2, 74, 146
    await settled(scene, 2);
    const [first, second] = body.occurrences;
    const third = new Date(Date.parse(second.occurs) + 86_400_000).toISOString();
    for (const occurs of [first.occurs, third, third]) expect((await skip(scene, body.id, occurs)).status).toBe(204);
    expect(await statesOf(scene)).toEqual(['2 cancelled', '74 planned']);
    expect((await list(scene))[0]?.occurrences.map(({ from, state }: Json) => [from, state])).toEqual([
      [2, 'skipped'],
      [74, 'planned'],
    ]);
    expect(await decidedBid(api.client, scene, { idempotencyKey: 'on-sale' })).toMatchObject({ status: 'accepted' });
    await move(scene, 48);
    await until(async () => (await list(scene))[0]?.occurrences.length === 2, { everyMs: 50, maxMs: 20_000 });
    for (const slot of [90, 122]) await move(scene, slot); // 218 comes near, after 146
    await settled(scene, 3);
    expect(await statesOf(scene)).toEqual(['2 cancelled', '74 over', '218 planned']);
    expect(await skip(scene, body.id, second.occurs)).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:window_over' } });
    expect(await skip(scene, body.id, '2031-01-01T00:00:30.000Z')).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.occurrence' }] },
    });
    await verify(scene);
  }, 60_000);

  it('closes what has not begun, and leaves what has', async () => {
    const scene = await scenes('ends');
    const { body } = await post(scene, await everySix(scene, 2));
    await settled(scene, 17);
    await move(scene, 3);
    expect((await end(scene, body.id)).status).toBe(204);
    expect((await statesOf(scene)).slice(0, 3)).toEqual(['2 active', '8 cancelled', '14 cancelled']);
    expect(await end(scene, body.id)).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:window_over' } });
    expect(await list(scene)).toMatchObject(
      [
        {
          state: 'ended',
          occurrences: [
            { from: 2, state: 'active' },
            { from: 8, state: 'closed' },
          ],
        },
      ].map((each) => ({ ...each, occurrences: expect.arrayContaining(each.occurrences.map((one) => expect.objectContaining(one))) })),
    );
    await move(scene, 40);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await windows(scene)).toHaveLength(17);
    await verify(scene);
  }, 60_000);
});

describe('recurring maintenance that makes no sense', () => {
  it('is refused with what to do, and nothing is done', async () => {
    const scene = await scenes('nonsense');
    const good = await everySix(scene, 2);
    const faults: readonly (readonly [object, string, string])[] = [
      [{ rule: 'FREQ=SECONDLY' }, '$.rule', 'FREQ must be one of'],
      [{ rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, '$.rule', 'never occurs after the current slot 0'],
      [{ rule: 'FREQ=DAILY;UNTIL=20200101T000000Z', start: '2019-12-01T00:00' }, '$.rule', 'never occurs after the current slot 0'],
      [{ timeZone: 'Europe/Nowhere' }, '$.timeZone', 'is no time zone that we know'],
      [{ start: '2027-02-30T02:00' }, '$.start', 'must be a time of day of a date that there is'],
      [{ minutes: 0 }, '$.minutes', 'must be at least 1'],
      [{ siteId: '999999' }, '$.siteId', 'is not a site of this market'],
      [{ siteId: undefined }, '$.siteId', 'is missing'],
      [{ amounts: { tpu: 1 } }, '$.amounts.tpu', 'is not withdrawn by such a window'],
    ];
    for (const [fields, at, message] of faults)
      for (const answer of [await post(scene, { ...good, ...fields }), await preview(scene, { ...good, ...fields })])
        expect([fields, answer]).toMatchObject([
          fields,
          { status: 422, body: { errors: [{ path: at, message: expect.stringContaining(message) as string }] } },
        ]);
    expect((await api.client.post(path(scene), { key: scene.bidders[0]?.key ?? '', body: good })).status).toBe(403);
    expect((await api.client.post(path(scene), { key: api.adminKey, body: good })).status).toBe(404);
    expect((await api.client.get(path(scene), { key: api.adminKey })).status).toBe(404);
    for (const id of ['/999999', `/${scene.marketId}0`])
      expect((await api.client.delete(path(scene, id), { key: scene.operatorKey })).status).toBe(404);
    expect([await list(scene), await windows(scene)]).toEqual([[], []]);
  }, 60_000);

  it('has at most a hundred occurrences at once, and is never in the way of another window', async () => {
    const market = { ...DEAR, horizonSlots: 200 };
    const scene = await setScene(api.client, api.adminKey, { name: 'often', sites: 1, market });
    const often = await everySix(scene, 2, { rule: 'FREQ=HOURLY' });
    expect(await post(scene, often)).toMatchObject({
      status: 422,
      body: { errors: [{ path: '$.rule', message: expect.stringContaining('more than 100') }] },
    });
    expect((await post(scene, await everySix(scene, 50))).status).toBe(201);
    await settled(scene, 59);
    const again = await post(scene, await everySix(scene, 2, { minutes: 60 }));
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:window_overlaps' } });
    expect(await list(scene)).toHaveLength(1);
  }, 60_000);

  it('is at most fifty of a market', async () => {
    const scene = await scenes('fifty', 1);
    const far = await everySix(scene, 2, { rule: 'FREQ=YEARLY', start: '2031-01-01T02:00' });
    for (let count = 0; count < 50; count++) expect((await post(scene, far)).status).toBe(201);
    expect(await post(scene, far)).toMatchObject({ status: 409, body: { type: 'urn:eris:problem:too_many_recurring' } });
  }, 60_000);
});
