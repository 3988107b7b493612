import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { addressOf, createSession, sessionConfig, withDatabase } from '#postgres';
import pg from 'pg';
import { at } from '#units';

const BINDINGS = '@prisma/schema-engine-wasm/schema_engine_bg';
const CHAR: number = pg.types.builtins.CHAR;
const TEXT: number = pg.types.builtins.TEXT;
const noLog = (): void => undefined;

// One engine per process: the bindings hold one WebAssembly instance.
let started: Promise<void> | undefined;

/**
 * Runs Prisma's schema engine, as WebAssembly: what `prisma migrate` does, without the program that it downloads.
 * @param schema the text of schema.prisma.
 * @param work what is done with it; its connections are closed afterwards.
 */
export async function withSchemaEngine<T>(
  { url, schema }: { url: string; schema: string },
  work: (engine: bindings.SchemaEngine) => Promise<T>,
): Promise<T> {
  started ??= startBindings();
  await started;
  const connections = new MigrationAdapterFactory(url);
  try {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: [['schema.prisma', schema]] },
      noLog,
      bindMigrationAwareSqlAdapterFactory(connections),
    );
    return await work(engine).finally(() => engine.free());
  } catch (cause) {
    throw engineError(cause, connections.refusal);
  } finally {
    await connections.close();
  }
}

/** An error of our adapter that the engine only passes on. */
const PASSED_ON = /External error id#/;

/** What the engine says as one line, without the places in its program that follow. The cause is what the database has answered, where that was it. */
function engineError(cause: unknown, refusal: Error | undefined): unknown {
  if (!(cause instanceof Error)) return cause;
  const said = at(cause.message.split(/\n\s*0: /, 1), 0);
  const text = PASSED_ON.test(said) && refusal ? `a migration failed: ${refusal.message}` : said;
  const code = 'code' in cause ? { code: cause.code } : {};
  const answer = refusal && text.includes(refusal.message) ? refusal : cause;
  return Object.assign(new Error(text.trim().replaceAll(/\s*\n\s*/g, ' '), { cause: answer }), code);
}

interface EngineExports {
  __wbindgen_start(): void;
}

/** The part of WebAssembly that starts the engine: the compiler's libraries for servers do not describe it. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: EngineExports } }>;
};

async function startBindings(): Promise<void> {
  const file = createRequire(import.meta.url)
    .resolve(BINDINGS)
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': patientBindings() });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** The bindings, with timers that keep no process alive: the engine leaves one of ten seconds behind, a limit on its wait for a lock. */
function patientBindings(): object {
  const setTimer = (call: () => void, afterMs: number): NodeJS.Timeout => setTimeout(call, afterMs >>> 0).unref();
  const isTimer = (name: string): boolean => name.startsWith('__wbg_setTimeout_');
  return Object.fromEntries(Object.entries(bindings).map(([name, binding]) => [name, isTimer(name) ? setTimer : binding]));
}

/** Gives the engine its connections. */
class MigrationAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres';
  readonly adapterName = 'eris-migrations';
  private readonly pools: CatalogPool[] = [];
  private readonly shadows: string[] = [];

  constructor(private readonly url: string) {}

  /** The last statement's failure, as Postgres put it: the engine tells its words only. */
  get refusal(): Error | undefined {
    return this.pools.map((pool) => pool.refusal).findLast((one) => one !== undefined);
  }

  connect(): Promise<SqlDriverAdapter> {
    return this.connectTo(this.url);
  }

  /** A database in which the engine builds the migrations; dropped at the end. */
  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const name = `eris_shadow_${randomUUID().replaceAll('-', '')}`;
    await this.runAside(`CREATE DATABASE ${name}`);
    this.shadows.push(name);
    return this.connectTo(withDatabase(this.url, name));
  }

  async close(): Promise<void> {
    for (const pool of this.pools) if (!pool.ended) await pool.end();
    for (const name of this.shadows) await this.runAside(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }

  private connectTo(url: string): Promise<SqlDriverAdapter> {
    const pool = new CatalogPool({ ...sessionConfig(url, { application: 'eris-migrate' }), max: 1 });
    this.pools.push(pool);
    return adapterOver(pool, addressOf(url).schema);
  }

  private async runAside(statement: string): Promise<void> {
    const client = createSession(this.url, { application: 'eris-migrate' });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

/** Prisma's adapter, with two repairs: letters are letters, and scripts go to Postgres whole (it cuts them at every semicolon, in functions too). */
async function adapterOver(pool: CatalogPool, schema: string): Promise<SqlDriverAdapter> {
  const adapter = await new PrismaPg(pool, { schema }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const letters = pool.lettersOf(result.rows);
    return { ...result, columnTypes: result.columnTypes.map((type, index) => (letters.includes(index) ? ColumnTypeEnum.Character : type)) };
  };
  adapter.executeScript = async (script) => void (await pool.query(script));
  return adapter;
}

/** Passes the catalogue's columns of one letter ("char") off as text, and tells which they were: Prisma's adapter refuses the type that its engine expects. */
class CatalogPool extends pg.Pool {
  /** The last statement's failure. */
  refusal?: Error;
  private readonly letters = new WeakMap<unknown[], number[]>();

  /** Indices of the columns of one letter in a result, told by its rows. */
  lettersOf(rows: unknown[]): readonly number[] {
    return this.letters.get(rows) ?? [];
  }

  override query = (async (...args: Parameters<pg.Pool['query']>) => {
    const result = await (super.query(...args) as unknown as Promise<pg.QueryResult | pg.QueryResult[]>).catch((cause: Error) => {
      this.refusal = cause;
      throw cause;
    });
    for (const { fields, rows } of [result].flat()) {
      this.letters.set(
        rows,
        fields.flatMap((field, index) => (field.dataTypeID === CHAR ? [index] : [])),
      );
      for (const field of fields) if (field.dataTypeID === CHAR) field.dataTypeID = TEXT;
    }
    return result;
  }) as unknown as pg.Pool['query'];
}
