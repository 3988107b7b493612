import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '../support/api-client.js';
import { type ApiProcess, spawnApi } from '../support/api-process.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { jobBody, setScene } from '../support/scenes.js';
import { spawnWorker, type WorkerProcess } from '../support/worker-process.js';

const ADMIN_KEY = 'an-admin-key-for-tests-only-0123456789';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

let database: TestDatabase;
let collector: Server;
let api: ApiProcess | undefined;
let worker: WorkerProcess | undefined;
const spans: Span[] = [];

/** Takes what an OpenTelemetry collector takes (OTLP, JSON). */
function collect(body: string): void {
  for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
    const service = resource.attributes.find(({ key }: { key: string }) => key === 'service.name').value.stringValue;
    for (const scope of scopeSpans) for (const span of scope.spans) spans.push({ ...span, service });
  }
}

beforeAll(async () => {
  database = await createTestDatabase();
  collector = createServer((request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => (body += text.toString()));
    request.on('end', () => {
      if (request.url === '/v1/traces') collect(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
}, 60_000);
afterAll(async () => {
  await api?.end('SIGKILL');
  await worker?.end('SIGKILL');
  collector.close();
  await database.drop();
});

it('follows a bid from its request over the queue to its decision, in the trace of the caller', async () => {
  const env = {
    DATABASE_URL: database.url,
    REDIS_URL: process.env.REDIS_URL,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
  };
  api = spawnApi({ ...env, ERIS_ADMIN_KEY: ADMIN_KEY });
  worker = spawnWorker(env);
  await worker.ready();
  const client = new ApiClient(await api.url());
  const scene = await setScene(client, ADMIN_KEY, { name: 'traced', sites: 1 });
  const placed = await client.post(`/v1/markets/${scene.marketId}/bids`, {
    key: scene.bidders[0].key,
    body: jobBody(scene.siteIds),
    headers: { 'idempotency-key': 'traced', prefer: 'wait=20', traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` },
  });
  expect(placed.status).toBe(200);
  expect(await api.end('SIGTERM')).toBe(0);
  expect(await worker.end('SIGTERM')).toBe(0);

  const ours = spans.filter(({ traceId }) => traceId === TRACE_ID);
  const spanOf = (name: string): Span | undefined => ours.find((span) => span.name === name);
  const way = [
    ['eris-api', 'POST /v1/markets/:marketId/bids'],
    ['eris-api', 'store bids'],
    ['eris-worker', 'wake market'],
  ];
  expect(ours.map(({ service, name }) => [service, name])).toEqual(expect.arrayContaining(way));
  for (const [index, [, name]] of way.entries()) {
    expect([name, spanOf(name)?.parentSpanId]).toEqual([name, index === 0 ? '00f067aa0ba902b7' : spanOf(way[index - 1][1])?.spanId]);
  }
  expect(spans.map(({ name }) => name)).toContain('write decisions');
  expect(JSON.stringify(spans)).not.toContain(scene.bidders[0].key);
}, 60_000);
