import { type AnswerOf, Eris, hashOfReceipt } from '#sdk';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';
import { until } from '../support/until.js';

// Real: the application over HTTP, Postgres, the worker, which writes receipts behind the log.
let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  scene = await setScene(api.client, api.adminKey, { name: 'receipts', sites: 1 });
}, 60_000);
afterAll(() => api.close());

const receiptOf = (bidId: string, key = scene.bidders[0]?.key ?? ''): Promise<AnswerOf<'readReceipt'>> =>
  new Eris({ url: api.client.url, key }).call('readReceipt', { params: { bidId } });
const sealed = (bidId: string): Promise<void> =>
  until(async () => (await receiptOf(bidId)).receipt !== null, { everyMs: 100, maxMs: 20_000 });
const change = (sql: string): Promise<unknown> => api.pool.query(`BEGIN; SET LOCAL session_replication_role = replica; ${sql}; COMMIT`);

it('is a link of the chain, which anybody can compute again', async () => {
  const first = await decidedBid(api.client, scene, { idempotencyKey: 'first' });
  const body = jobBody(scene.siteIds, { valuation: { kind: 'deadline', value: 0, deadline: 3 } });
  const second = await decidedBid(api.client, scene, { idempotencyKey: 'second', body });
  expect([first.status, second.status]).toEqual(['accepted', 'refused']);
  await sealed(second.id);
  const [one, two] = [await receiptOf(first.id), await receiptOf(second.id, scene.auditorKey)];
  expect([one.findings, two.findings]).toEqual([[], []]);
  if (!one.receipt || !two.receipt) throw new Error('both are sealed');
  expect(one.receipt).toMatchObject({ marketId: scene.marketId, sequence: first.decision.sequence });
  expect([await hashOfReceipt(one.receipt), await hashOfReceipt(two.receipt)]).toEqual([one.receipt.hash, two.receipt.hash]);
  expect([two.receipt.previousHash, two.receipt.priceHash]).toEqual([one.receipt.hash, one.receipt.hash]);
  expect(await hashOfReceipt({ ...one.receipt, sequence: '999' })).not.toBe(one.receipt.hash);
  await expect(receiptOf(first.id, scene.bidders[1]?.key)).rejects.toMatchObject({ status: 404 });
}, 60_000);

it('says which row is not as it was, and where the receipt is another one', async () => {
  const { id } = await decidedBid(api.client, scene, { idempotencyKey: 'changed' });
  await sealed(id);
  await change(`UPDATE decision SET payment_micros = payment_micros + 1 WHERE bid_id = ${id}`);
  expect((await receiptOf(id)).findings).toEqual([
    { table: 'decision', key: `bid_id ${id}`, detail: expect.stringContaining('not as it was') },
  ]);
  await change(`UPDATE decision SET payment_micros = payment_micros - 1 WHERE bid_id = ${id}`);
  expect((await receiptOf(id)).findings).toEqual([]);
  await change(
    `UPDATE receipt SET input_hash = sha256('other') WHERE market_id = ${scene.marketId} AND sequence = (SELECT sequence FROM decision WHERE bid_id = ${id})`,
  );
  const { receipt, findings } = await receiptOf(id);
  expect(findings).toMatchObject([{ table: 'receipt', detail: 'hash is not that of the receipt' }]);
  expect(receipt && (await hashOfReceipt(receipt))).not.toBe(receipt?.hash);
}, 60_000);

it('is not there as long as the bid waits', async () => {
  const idle = await startTestApi({ worker: false });
  try {
    const { marketId, siteIds, bidders } = await setScene(idle.client, idle.adminKey, { name: 'waits', sites: 1 });
    const key = bidders[0]?.key ?? '';
    const headers = { 'idempotency-key': 'waits' };
    const { body } = await idle.client.post(`/v1/markets/${marketId}/bids`, { key, body: jobBody(siteIds), headers });
    const answer = await idle.client.get(`/v1/bids/${body.id}/receipt`, { key });
    expect(answer).toMatchObject({ status: 200, body: { bidId: body.id, receipt: null, findings: [] } });
  } finally {
    await idle.close();
  }
}, 60_000);
