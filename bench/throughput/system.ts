import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Pool } from 'undici';
import {
  type ApiSite,
  atMost,
  BidSource,
  type Latency,
  latencyOf,
  type LoadOptions,
  measure,
  Meter,
  openLoadStage,
  operatorKeyOf,
  send,
  type Serving,
} from '../../apps/cli/src/index.js';

const CLOCK = { nowMs: () => performance.now() };
const CONNECTIONS = 512;
/** Requests of the preparation, at once. */
const AT_ONCE = 16;
/** For arrivals at a rate: what is in flight is the rate times the time of an answer. */
const OPEN_CONNECTIONS = 128;
const BIDDERS = 8;
const BULK = 500;
const BULK_CONNECTIONS = 4;
const LOOK_EVERY_MS = 10;
const DRAINED_WITHIN_MS = 300_000;
const FILL_MARKETS = 4;

/** What a round came to, per second: from the first request to the last acknowledgement, and to the last decision. */
export interface Round {
  readonly acked: number;
  readonly whole: number;
  readonly accept: Latency;
  readonly decide: Latency;
}

/** A running Eris that is measured. Every round opens markets of its own, so that rounds are alike. */
export class System {
  private readonly http: Pool;
  private readonly site: ApiSite;
  private readonly database: pg.Client;
  private readonly never = new AbortController().signal;

  private constructor(
    private readonly serving: Serving,
    private readonly seed: number,
  ) {
    this.site = { url: serving.url, fetch: atMost(AT_ONCE) };
    this.http = new Pool(serving.url, { connections: CONNECTIONS, pipelining: 1 });
    this.database = new pg.Client({ connectionString: serving.databaseUrl });
  }

  static async over(serving: Serving, seed: number): Promise<System> {
    const system = new System(serving, seed);
    await system.database.connect();
    return system;
  }

  /** Closed loop: as many bids as are answered, then the rest of the backlog. */
  async saturate({ markets, seconds, bulk }: { markets: number; seconds: number; bulk: boolean }): Promise<Round> {
    const drive = bulk ? { bulk: BULK, connections: BULK_CONNECTIONS } : { bulk: 1, connections: CONNECTIONS };
    const startedMs = CLOCK.nowMs();
    let preparedMs = startedMs;
    const stage = await openLoadStage(this.site, operatorKeyOf(this.serving), { markets, bidders: BIDDERS, seed: this.seed });
    preparedMs = CLOCK.nowMs();
    const meter = await this.measure(stage, { ...this.options(markets, seconds), ...drive });
    await this.drained();
    const wholeMs = CLOCK.nowMs() - preparedMs;
    return roundOf(meter, wholeMs);
  }

  /** Open arrivals at a rate, every decision followed. */
  async arrivals({ markets, seconds, warmup, rate }: { markets: number; seconds: number; warmup: number; rate: number }): Promise<Round> {
    const stage = await openLoadStage(this.site, operatorKeyOf(this.serving), { markets, bidders: BIDDERS, seed: this.seed });
    const meter = await this.measure(stage, {
      ...this.options(markets, seconds),
      connections: OPEN_CONNECTIONS,
      mode: 'open',
      warmup,
      rate,
      follow: true,
    });
    return roundOf(meter, meter.decidingMs);
  }

  /** Stores bids until there are so many. Their markets are closed first thing, so that answering them takes no thought. */
  async fillTo(count: number): Promise<void> {
    for (let missing = count - (await this.stored()); missing > 0; missing = count - (await this.stored())) {
      const stage = await openLoadStage(this.site, operatorKeyOf(this.serving), {
        markets: FILL_MARKETS,
        bidders: BIDDERS,
        seed: this.seed,
      });
      const source = new BidSource(stage, BULK);
      const meter = new Meter(CLOCK);
      const sender = async (): Promise<void> => {
        while (meter.sent < Math.min(missing, FILL_AT_ONCE) && meter.failures.size === 0)
          await send(this.http, source.next(), meter, CLOCK.nowMs());
      };
      await Promise.all(Array.from({ length: BULK_CONNECTIONS }, sender));
      failOn(meter);
      for (const { marketId } of stage.markets)
        await stage.operator.call('changeMarket', { params: { marketId }, body: { status: 'closed' } });
      await this.drained();
    }
    await this.database.query('VACUUM ANALYZE');
  }

  async stored(): Promise<number> {
    return (await this.database.query<{ count: number }>('SELECT count(*)::int AS count FROM bid')).rows[0].count;
  }

  async close(): Promise<void> {
    await this.http.destroy();
    await this.database.end();
  }

  private options(markets: number, seconds: number): LoadOptions {
    const even = { mode: 'closed', rate: 0, connections: CONNECTIONS, warmup: 0, bulk: 1, follow: false } as const;
    return { ...even, seconds, markets, bidders: BIDDERS, seed: this.seed, slotMs: 1000 };
  }

  private async measure(stage: Awaited<ReturnType<typeof openLoadStage>>, options: LoadOptions): Promise<Meter> {
    const { url } = this.serving;
    const pool = new Pool(url, { connections: options.connections, pipelining: 1 });
    const meter = await measure({ pool, stage, options, clock: CLOCK, signal: this.never });
    await pool.destroy();
    return meter;
  }

  private async drained(): Promise<void> {
    const endMs = CLOCK.nowMs() + DRAINED_WITHIN_MS;
    while ((await this.database.query('SELECT FROM undecided_bid LIMIT 1')).rowCount !== 0) {
      if (CLOCK.nowMs() > endMs) throw new Error(`the backlog was not decided within ${DRAINED_WITHIN_MS / 1000} s`);
      await sleep(LOOK_EVERY_MS);
    }
  }
}

const FILL_AT_ONCE = 50_000;

function failOn({ failures }: Meter): void {
  for (const [what, count] of failures) throw new Error(`${count} x ${what}`);
}

function roundOf(meter: Meter, wholeMs: number): Round {
  for (const [what, count] of meter.failures) console.log(`  failures: ${count} x ${what.slice(0, 160)}`);
  return {
    acked: (meter.acked * 1000) / meter.ackingMs,
    whole: (meter.acked * 1000) / wholeMs,
    accept: latencyOf(meter.accept),
    decide: latencyOf(meter.decide),
  };
}
