import { expectNothingHeld, expectUnharmed, setStand, type Stand, underAttack } from './support/stand.js';

let stand: Stand;
beforeAll(async () => {
  stand = await setStand({ env: { ERIS_EVENT_STREAMS_MAX: '200' } });
}, 120_000);
afterAll(() => stand.close());

const asked = (path: string, key: string): string => `GET ${path} HTTP/1.1\r\nHost: eris\r\nAuthorization: Bearer ${key}\r\n\r\n`;

it('gives everything back for requests that were pipelined by the thousand, and whose connections were closed', async () => {
  const { suffering } = await underAttack(stand, [
    {
      script: 'sockets',
      task: { connections: 25, text: asked('/v1/markets', 'eris_b_nobody-knows-this-key'), times: 1_000, hangUpMs: 200, again: true },
    },
    {
      script: 'sockets',
      task: { connections: 5, text: asked('/v1/markets', stand.scene.bidders[0].key), times: 1_000, hangUpMs: 50, again: true },
    },
  ]);
  expectUnharmed(suffering);
  const unfinished = `POST /v1/markets/${stand.scene.marketId}/bids HTTP/1.1\r\nHost: eris\r\nContent-Type: application/json\r\nContent-Length: 4194304\r\n\r\n`;
  expectUnharmed((await underAttack(stand, [{ script: 'sockets', task: { connections: 16, text: unfinished } }])).suffering);
  await expectNothingHeld(stand);
}, 120_000);

it('opens one event stream a connection, and leaves others theirs', async () => {
  const { key } = stand.scene.bidders[0];
  const path = `/v1/markets/${stand.scene.marketId}/events`;
  const piped = underAttack<{ answers: Record<string, number> }>(stand, [
    { script: 'sockets', task: { connections: 1, text: asked(path, key), times: 60 } },
  ]);
  const { suffering, reports } = await piped;
  expect(reports[0].answers).toEqual({ 200: 1 });
  expectUnharmed(suffering);
  const many = underAttack<{ answers: Record<string, number> }>(stand, [
    { script: 'sockets', task: { connections: 300, text: asked(path, key) } },
    { script: 'streams', task: { path, key: stand.victimKey, atMs: 1_500 } },
  ]);
  const all = await many;
  expectUnharmed(all.suffering);
  expect(all.reports[0].answers).toEqual({ 200: 25, 429: 275 });
  expect(all.reports[1].answers).toEqual({ 200: 1 });
  await expectNothingHeld(stand);
}, 120_000);

it('writes long pages for strangers one at a time', async () => {
  const text = 'GET /openapi.json HTTP/1.1\r\nHost: eris\r\n\r\n';
  const task = { connections: 60, text, times: 4, hangUpMs: 2_000, again: true, perSecond: 60 };
  expectUnharmed((await underAttack(stand, [{ script: 'sockets', task }])).suffering);
  await expectNothingHeld(stand);
}, 120_000);
