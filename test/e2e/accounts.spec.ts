import { parseMicros } from '#units';
import { startTestApi, type TestApi } from '../support/api.js';
import { decidedBid, type Scene, setScene } from '../support/scenes.js';

let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi();
  const prices = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.25' };
  scene = await setScene(api.client, api.adminKey, { name: 'accounts', market: { prices } });
}, 60_000);
afterAll(() => api.close());

const deposit = (idempotencyKey: string, amount: string) =>
  api.client.post(`/v1/accounts/${scene.bidders[1].accountId}/deposits`, {
    key: scene.operatorKey,
    body: { amount },
    headers: { 'idempotency-key': idempotencyKey },
  });

describe('deposits', () => {
  it('count once, however often they are sent', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => deposit('once', '10.5')));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(made[0].body.balance).toEqual({ available: '1000010.5', held: '0' });
    for (const { status, body } of answers) if (status !== 201) expect(body.type).toBe('urn:eris:problem:request_in_flight');
    expect(await deposit('once', '10.5')).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' }, body: made[0].body });
  });

  it('refuse a key used for another amount', async () => {
    await deposit('other', '1');
    expect(await deposit('other', '2')).toMatchObject({ status: 422, body: { type: 'urn:eris:problem:key_reused' } });
  });
});

describe('money', () => {
  it('is held when a bid is accepted', async () => {
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'held' });
    const { body } = await api.client.get('/v1/accounts', { key: scene.bidders[0].key });
    expect(body.items).toHaveLength(1);
    expect(body.items[0]).toMatchObject({ id: scene.bidders[0].accountId, balance: { held: bid.decision.payment } });
    expect((parseMicros(body.items[0].balance.available) ?? 0n) + (parseMicros(bid.decision.payment) ?? 0n)).toBe(1_000_000_000_000n);
  });

  it('is listed entry by entry, and adds up', async () => {
    const { body } = await api.client.get(`/v1/accounts/${scene.bidders[0].accountId}/entries`, { key: scene.bidders[0].key });
    const account = (await api.client.get('/v1/accounts', { key: scene.bidders[0].key })).body.items[0];
    const sumOf = (kind: string) =>
      body.items
        .filter((entry: { account: string }) => entry.account === kind)
        .reduce((sum: bigint, entry: { amount: string }) => sum + (parseMicros(entry.amount) ?? 0n), 0n);
    expect(sumOf('wallet')).toBe(parseMicros(account.balance.available));
    expect(sumOf('escrow')).toBe(parseMicros(account.balance.held));
    expect(body.items[0]).toMatchObject({ kind: 'deposit', bidId: null });
  });

  it('is accounted for line by line in the allocation', async () => {
    const bid = await decidedBid(api.client, scene, { idempotencyKey: 'lines' });
    const { body } = await api.client.get(`/v1/allocations/${bid.allocationId}`, { key: scene.operatorKey });
    const lines = body.lines as { amount: string; quantity: string; unitPrice: string }[];
    expect(lines.reduce((sum, line) => sum + (parseMicros(line.amount) ?? 0n), 0n)).toBe(parseMicros(body.payment));
    expect(body.payment).toBe(bid.decision.payment);
    for (const { quantity, unitPrice, amount } of lines)
      expect(Math.abs(Number(quantity) * Number(unitPrice) - Number(amount))).toBeLessThan(1e-5);
    const home = body.schedule.reduce((sum: number, slot: { home: Record<string, number> }) => sum + (slot.home[scene.siteIds[0]] ?? 0), 0);
    const moved = body.schedule
      .flatMap(({ moves }: { moves: { chunks: number }[] }) => moves)
      .reduce((sum: number, { chunks }: { chunks: number }) => sum + chunks, 0);
    expect(home + moved).toBe(10);
  });
});

it('shows operators and auditors the accounts of their organisations', async () => {
  for (const key of [scene.operatorKey, scene.auditorKey]) {
    const { body } = await api.client.get('/v1/accounts', { key });
    expect(body.items.map(({ organisation }: { organisation: string }) => organisation).sort()).toEqual(['accounts', 'one', 'two']);
  }
});
