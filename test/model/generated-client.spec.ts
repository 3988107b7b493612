import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { openApiDocument } from '#contracts';
import { standardKinds } from '#kinds';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'eris-client-'));
  writeFileSync(join(folder, 'api.ts'), astToString(await openapiTS(JSON.stringify(openApiDocument('0.0.0', standardKinds().wires)))));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of a program that imports the generated types. */
function complaintsOf(program: string): string[] {
  const file = join(folder, 'program.ts');
  writeFileSync(file, `import type { components, operations, paths } from './api.js';\n${program}`);
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    lib: ['lib.es2023.d.ts'],
    types: [],
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

it('types the items of a bulk body', () => {
  const program = `
    type Body = operations['placeBids']['requestBody']['content']['application/json'];
    type Item = components['schemas']['BulkItem'];
    type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
    export const isSame: Same<Body['bids'][number], Item> = true;
    const bid = { idempotencyKey: 'one', valuation: { kind: 'linear', value: 3, decay: 1 }, chunks: { '1': 4 }, epochs: 1, throughput: 2,
      parameterMB: 3, worker: { gpu: 1 }, ps: { cpu: 1 } } as const;
    export const good: Body = { bids: [bid] };
    // @ts-expect-error: a bid has epochs, a number
    export const wrongField: Body = { bids: [{ ...bid, epochs: 'many' }] };
    // @ts-expect-error: each has its key
    export const withoutKey: Body = { bids: [{ ...bid, idempotencyKey: undefined }] };
    // @ts-expect-error: a valuation has a kind that there is
    export const wrongKind: Body = { bids: [{ ...bid, valuation: { kind: 'constant', value: 3 } }] };
    // @ts-expect-error: a number is no bid
    export const noBid: Body = { bids: [17] };
  `;
  expect(complaintsOf(program)).toEqual([]);
}, 60_000);

it('types events by their kind, and the messages of a stream', () => {
  const program = `
    type Message = paths['/v1/markets/{marketId}/events']['get']['responses'][200]['content']['text/event-stream'];
    export function paidIn(event: components['schemas']['MarketEvent']): string {
      switch (event.kind) {
        case 'bid_accepted': return event.payload.payment;
        case 'bid_refused': return event.payload.reason;
        case 'clock_advanced': return String(event.payload.slot - event.payload.from);
        case 'site_added': case 'capacity_changed': return String(event.payload.capacity['gpu'] ?? 0);
        case 'status_changed': return event.payload.from + event.payload.status;
        case 'market_opened': return event.payload.name;
        case 'window_opened': case 'window_closed': case 'window_settled': return event.payload.windowId;
        case 'allocation_repaired': case 'allocation_failed': case 'allocation_left': case 'allocation_cancelled': return event.payload.returned;
        case 'prices_changed': return event.payload.level + event.payload.through;
        case 'terms_changed': return event.payload.oracle + event.payload.prices.kind;
      }
    }
    export function told(message: Message): string {
      if (message.event === 'end') return message.data.reason;
      // @ts-expect-error: a kind that there is not
      if (message.event === 'bid_withdrawn') return '';
      return message.id + message.data.kind;
    }
    // @ts-expect-error: a refused bid pays nothing
    export const pays = (event: components['schemas']['BidRefusedEvent']): string => event.payload.payment;
  `;
  expect(complaintsOf(program)).toEqual([]);
}, 60_000);

it('types the headers of answers', () => {
  const program = `
    type Placed = operations['placeBid']['responses'][202]['headers'];
    export const idOf = (headers: Placed): string => headers['X-Request-Id'];
    export const replayed = (headers: Placed): 'true' | undefined => headers['Idempotency-Replayed'];
    type Busy = operations['listMarkets']['responses'][429]['headers'];
    export const secondsOf = (headers: Busy): number => Number(headers['Retry-After'] ?? 1);
  `;
  expect(complaintsOf(program)).toEqual([]);
}, 60_000);
