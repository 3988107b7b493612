import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AppendReceipts, verifyMarket, type QuoteAnswer, createThinker } from '#market';
import { createBook, paperRule } from '#mechanism';
import { createAuditSource, createReceiptStore } from '#persistence';
import { openThinkPool } from '#thinking';
import { micros, type Milli } from '#units';
import ts from 'typescript';
import type { Json } from '../support/api-client.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { standardKinds } from '../support/block-kind.js';
import { brokenLaws } from '../support/market-laws.js';
import { decidedBid, jobBody, type Scene, setScene } from '../support/scenes.js';

const clock = { nowMs: () => performance.now() };
let api: TestApi;
let scene: Scene;
beforeAll(async () => {
  api = await startTestApi({ known: { kinds: standardKinds() } });
  const prices = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.5' };
  scene = await setScene(api.client, api.adminKey, { name: 'kinds', market: { prices } });
}, 60_000);
afterAll(() => api.close());

const block = (fields: object = {}): object => ({
  kind: 'block',
  valuation: { kind: 'deadline', value: 1_000, deadline: 49 },
  site: scene.siteIds[1],
  slots: 3,
  startWithin: 10,
  demand: { gpu: 0.5, cpu: 4 },
  ...fields,
});
const decide = (idempotencyKey: string, body: object): Promise<Json> => decidedBid(api.client, scene, { idempotencyKey, body });
const post = (idempotencyKey: string, body: object): Promise<Json> =>
  api.client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    headers: { 'idempotency-key': idempotencyKey },
    body,
  });
const read = (path: string): Promise<Json> => api.client.get(path, { key: scene.bidders[0].key });

// Real: the application, a worker, Postgres, the verifier. A kind of job that only this list knows of goes through all of them.
describe('a second kind of job', () => {
  it('is admitted and priced, and its plan is read in its own words', async () => {
    const accepted = await decide('block', block({ label: 'a block' }));
    expect(accepted).toMatchObject({ status: 'accepted', label: 'a block', decision: { completion: 2, payment: '6.75', value: '1000' } });
    const { body } = await read(`/v1/allocations/${accepted.allocationId}`);
    expect(body).toMatchObject({ kind: 'block', block: { siteId: scene.siteIds[1], from: 0, to: 2 }, payment: '6.75' });
    expect(body).not.toHaveProperty('schedule');
    expect(body.lines).toHaveLength(6);
  });

  it('shares sites and prices with training jobs, whose bids may name their kind or not: that is one request', async () => {
    const plain = await decide('training', jobBody(scene.siteIds));
    const { body } = await read(`/v1/allocations/${plain.allocationId}`);
    expect(body).toHaveProperty('schedule');
    expect(body).not.toHaveProperty('kind');
    const again = await post('training', { ...jobBody(scene.siteIds), kind: 'training' });
    expect(again).toMatchObject({ status: 202, body: { id: plain.id }, headers: { 'idempotency-replayed': 'true' } });
    const [dearer] = (await quoted(block())).menu;
    expect(Number(dearer.price)).toBeGreaterThan(6.75);
  });

  it('is quoted, each option no dearer than the one before it', async () => {
    const { menu, best } = await quoted(block({ valuation: { kind: 'table', values: [900, 900, 900, 1] } }));
    expect(menu[0]).toMatchObject({ completion: 2 });
    expect(best).toMatchObject({ completion: 2, value: '900' });
  });

  it('is refused with reasons', async () => {
    const codeOf = async (key: string, fields: object): Promise<object> => (await decide(key, block(fields))).decision.reason as object;
    const poor = { valuation: { kind: 'deadline', value: 0.001, deadline: 49 } };
    expect(await codeOf('poor', poor)).toMatchObject({ code: 'price_above_value', floor: { value: '0.001' } });
    expect(await codeOf('large', { demand: { gpu: 2 } })).toMatchObject({
      code: 'no_feasible_schedule',
      detail: 'no 3 slots in a row have room for the block',
    });
    expect(await codeOf('nothing', { demand: {} })).toMatchObject({ code: 'no_data', detail: 'the block asks for nothing' });
  });

  it('is turned away where its form or its meaning is wrong, in one request or many', async () => {
    const faultsOf = async (key: string, body: object): Promise<unknown> => (await post(key, body)).body.errors;
    expect(await faultsOf('f1', block({ slots: 0, chunks: {} }))).toMatchObject([{ path: '$.slots' }, { path: '$.chunks' }]);
    expect(await faultsOf('f2', block({ site: '999999', demand: { tpu: 1 } }))).toMatchObject([
      { path: '$.demand.tpu' },
      { path: '$.site' },
    ]);
    const unknown = await post('f3', block({ kind: 'lease' }));
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ path: '$.kind' }] } });
    expect(unknown.body.errors[0].message).toContain('the kinds are training, block');
    const bulk = await api.client.post(`/v1/markets/${scene.marketId}/bids/bulk`, {
      key: scene.bidders[0].key,
      body: {
        bids: [
          { ...block({ slots: 1 }), idempotencyKey: 'm1' },
          { ...block({ kind: 'lease' }), idempotencyKey: 'm2' },
        ],
      },
    });
    expect(bulk.body.results).toMatchObject([{ status: 'queued' }, { problem: { errors: [{ path: '$.bids[1].kind' }] } }]);
  });

  it('is described, beside training', async () => {
    const { components } = (await api.client.get('/openapi.json')).body as { components: { schemas: Record<string, { anyOf: object[] }> } };
    for (const name of ['BidBody', 'BulkItem', 'Allocation']) expect(components.schemas[name].anyOf).toHaveLength(2);
  });

  it('is settled slot by slot, sealed, and verified', async () => {
    const moved = await api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot: 2 } });
    expect(moved.status).toBe(200);
    const { rows } = await api.pool.query<{ slot: number; amount: bigint }>(
      `SELECT t.slot, t.amount_micros AS amount FROM transfer t JOIN bid b ON b.id = t.bid_id WHERE t.kind = 'retain' AND b.label = 'a block' ORDER BY t.slot`,
    );
    expect(rows).toEqual([0, 1].map((slot) => ({ slot, amount: 2_250_000n })));
    expect(await brokenLaws(api.pool)).toEqual([]);
    await new AppendReceipts(createReceiptStore(api.pool), clock).run(10_000);
    expect(await verified()).toEqual([]);
  });

  it('is found out where its plan is not the one that was sold', async () => {
    const client = await api.pool.connect();
    try {
      await client.query(`SET session_replication_role = replica`);
      await client.query(
        `UPDATE allocation SET plan = '{"site":1,"from":1,"to":3}' WHERE kind = 'block' AND bid_id = (SELECT min(bid_id) FROM allocation)`,
      );
      await client.query('DELETE FROM receipt');
    } finally {
      client.release(true);
    }
    expect(await verified()).toMatchObject([
      { table: 'allocation', detail: expect.stringContaining('plan is') as string },
      { table: 'allocation', detail: 'breaks B3: completion is claimed in slot 2' },
    ]);
  });

  const quoted = async (body: object): Promise<Json> =>
    (await api.client.post(`/v1/markets/${scene.marketId}/quotes`, { key: scene.bidders[0].key, body })).body;

  async function verified(): Promise<readonly object[]> {
    const outcome = await verifyMarket(createAuditSource(api.pool), BigInt(scene.marketId), { kinds: standardKinds() });
    if (outcome.kind !== 'verified') throw new Error(outcome.kind);
    return outcome.verification.findings;
  }
});

/** Threads run JavaScript: the kind is compiled to where it finds the rooms. */
function compiledKind(): { readonly from: string; remove(): void } {
  const folder = mkdtempSync(join(import.meta.dirname, '..', '..', 'dist', 'kind-'));
  const source = readFileSync(join(import.meta.dirname, '..', 'support', 'block-kind.ts'), 'utf8');
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  const file = join(folder, 'block-kind.js');
  writeFileSync(file, ts.transpileModule(source, { compilerOptions }).outputText);
  return { from: pathToFileURL(file).href, remove: () => rmSync(folder, { recursive: true }) };
}

it('is thought about on threads as well, where they are told of it', async () => {
  const kind = compiledKind();
  const watch = { ended: () => undefined, failed: () => undefined };
  const pool = openThinkPool({ threads: 1, clock, watch, kindsFrom: kind.from });
  try {
    const milli = (units: number): Milli => (1000 * units) as Milli;
    const spec = {
      resources: ['cpu'],
      sites: [{ id: '7', capacityMilli: [milli(4)] }],
      slotCount: 8,
      chunkKB: milli(1),
      bandwidthKB: milli(1),
      prices: paperRule(['cpu'], 10, { unit: micros(1_000_000n), reserve: micros(1_000_000n) }),
    };
    const job = { site: 0, slots: 2, startWithin: 3, demandMilli: [1000] };
    const task = { book: createBook(spec, 0), kind: 'block', job, valuation: { kind: 'linear', value: 9, decay: 1 }, arrival: 0 } as const;
    const here: QuoteAnswer = await createThinker(standardKinds(), clock).quote(task);
    expect(here.menu).toHaveLength(7);
    expect(await pool.quote(task)).toEqual(here);
  } finally {
    await pool.close(1_000);
    kind.remove();
  }
});
