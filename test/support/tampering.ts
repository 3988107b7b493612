import type { createPrng } from '#lab';
import type { Pool, PoolClient } from 'pg';

type Random = ReturnType<typeof createPrng>;

/** One value that has been changed behind the back of all who guard it. */
export interface Tampering {
  readonly table: string;
  readonly column: string;
  /** The row's primary key before the change, values only. */
  readonly key: readonly string[];
  readonly was: string;
  readonly is: string;
  undo(): Promise<void>;
}

/** Rows of one market, and the columns that may be changed: a condition over the row `x`, with $1 for the market. */
export interface Target {
  readonly table: string;
  readonly where: string;
  readonly key: readonly string[];
  readonly columns?: readonly string[] | undefined;
}

const ATTEMPTS_MAX = 200;
const DIGITS = '0123456789';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Changes one character of one value of one row, all by chance, as a superuser who has switched the triggers off. Checks still refuse. */
export async function tamper(pool: Pool, marketId: bigint, targets: readonly Target[], random: Random): Promise<Tampering> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const done = await tryOnce(pool, marketId, random.pick(targets), random);
    if (done) return done;
  }
  throw new Error(`nothing could be changed in ${ATTEMPTS_MAX} attempts`);
}

interface Cell {
  readonly column: string;
  readonly type: string;
  readonly value: string | null;
}

async function tryOnce(pool: Pool, marketId: bigint, target: Target, random: Random): Promise<Tampering | undefined> {
  const { rows } = await pool.query<{ ctid: string; key: string[]; row: Record<string, string | null> }>(
    `SELECT x.ctid::text AS ctid, ARRAY[${target.key.map((column) => `x.${column}::text`).join(',')}] AS key,
       (SELECT jsonb_object_agg(c.key, c.value) FROM jsonb_each_text(to_jsonb(x)) c) AS row
     FROM ${target.table} x WHERE ${target.where} ORDER BY ${target.key.map((column) => `x.${column}`).join(',')}`,
    [marketId],
  );
  const { ctid, key } = random.pick(rows);
  const cell = random.pick(await cellsOf(pool, target, ctid));
  if (cell.value === null) return undefined;
  const changed = changeOne(cell.value, random);
  const set = async (client: PoolClient, where: string, value: string, values: unknown[]): Promise<number | null> =>
    (await client.query(`UPDATE ${target.table} SET ${cell.column} = $1::text::${cell.type} WHERE ${where}`, [value, ...values])).rowCount;
  const at = await unguarded(pool, async (client) => {
    if ((await set(client, `ctid = $2::tid AND ${cell.column}::text <> ($1::text::${cell.type})::text`, changed, [ctid])) !== 1)
      return undefined;
    const same = `SELECT ctid::text AS ctid FROM ${target.table} WHERE xmin = pg_current_xact_id()::xid`;
    return (await client.query<{ ctid: string }>(same)).rows[0].ctid;
  });
  if (at === undefined) return undefined;
  const undo = async (): Promise<void> => void (await unguarded(pool, (client) => set(client, 'ctid = $2::tid', cell.value ?? '', [at])));
  return { table: target.table, column: cell.column, key, was: cell.value, is: changed, undo };
}

async function cellsOf(pool: Pool, { table, columns }: Target, ctid: string): Promise<Cell[]> {
  const { rows: all } = await pool.query<{ column: string; type: string }>(
    `SELECT attname AS column, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
    [table],
  );
  const named = all.filter(({ column }) => !columns || columns.includes(column));
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT ${named.map(({ column }) => `${column}::text`).join(',')} FROM ${table} WHERE ctid = $1::tid`,
    [ctid],
  );
  return named.map((cell) => ({ ...cell, value: rows[0][cell.column] }));
}

/** Another digit for a digit, another letter for a letter. */
function changeOne(text: string, random: Random): string {
  const places = [...text].flatMap((character, index) => (/[0-9a-z]/.test(character) ? [index] : []));
  if (places.length === 0) return text;
  const place = random.pick(places);
  const alphabet = DIGITS.includes(text[place]) ? DIGITS : LETTERS;
  return `${text.slice(0, place)}${random.pick([...alphabet])}${text.slice(place + 1)}`;
}

/** Runs a change without triggers and foreign keys. @returns undefined where the database refuses it all the same. */
async function unguarded<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN; SET LOCAL session_replication_role = replica');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    await client.query('ROLLBACK');
    if (typeof (cause as { code?: unknown }).code !== 'string') throw cause;
    return undefined;
  } finally {
    client.release();
  }
}
