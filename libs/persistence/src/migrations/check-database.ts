import { createProbe, explainTrouble, placeOf, sharesSessions } from '#postgres';
import { at } from '#units';
import { explainSchema, isFit, READABLE, readSchemaState, type SchemaState } from './schema-state.js';

/** A database that Eris cannot work with; the message says why and what to do, in one line, without a password. */
export class DatabaseUnfit extends Error {
  override readonly name = 'DatabaseUnfit';
}

const VERSION_MIN = 15;
const VERSION_UNIT = 10_000;

interface ServerRow {
  readonly version: number;
  readonly encoding: string;
  readonly standby: boolean;
}

/** server-facts: what Eris needs to know of a server. Input: none. Output: one row. Events: none. Retry: safe; it reads. */
const SERVER_FACTS = `
  SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby`;

/**
 * Looks whether a database can be worked with, before anything begins: it answers, is of a version that is known, writes, keeps its sessions apart, and
 * has the schema of this version. The same for the API, the worker, verifications and (but for the schema) migrations.
 * @returns a warning where it can and something is worth saying.
 * @throws DatabaseUnfit, or what connecting throws that nobody has words for.
 */
export async function checkDatabase(
  url: string,
  options: { readonly mayLackSchema?: boolean; readonly mayBeStandby?: boolean } = {},
): Promise<string | undefined> {
  try {
    const state = await lookAt(url, options);
    if (isFit(state) || (options.mayLackSchema && !isFromLater(state))) return sentence(url, explainSchema(state));
    throw new DatabaseUnfit(sentence(url, explainSchema(state)));
  } catch (cause) {
    throw unfitOf(cause, url);
  }
}

/** A failure in words for whoever runs Eris, where there are any; otherwise as it is. */
export function unfitOf(cause: unknown, url: string): unknown {
  if (cause instanceof DatabaseUnfit) return cause;
  const explanation = explainTrouble(cause, url);
  return explanation === undefined ? cause : new DatabaseUnfit(explanation, { cause });
}

const isFromLater = (state: SchemaState): boolean => state.kind === 'ahead' && !state.isCompatible;
const sentence = (url: string, rest: string | undefined): string | undefined =>
  rest === undefined ? undefined : `The database at ${placeOf(url)} ${rest}`;

const POOLED =
  'DATABASE_URL leads through a pooler that gives each transaction another session (PgBouncer with pool_mode = transaction), which Eris cannot work with:' +
  ' use one with pool_mode = session, or none (docs/operations.md).';

async function lookAt(url: string, { mayBeStandby = false }: { readonly mayBeStandby?: boolean }): Promise<SchemaState> {
  const session = createProbe(url);
  await session.connect();
  try {
    if (await sharesSessions(url, session)) throw new DatabaseUnfit(POOLED);
    const { version, encoding, standby } = at((await session.query<ServerRow>(SERVER_FACTS)).rows, 0);
    const major = Math.floor(version / VERSION_UNIT);
    if (major < VERSION_MIN)
      throw new DatabaseUnfit(`The database at ${placeOf(url)} is PostgreSQL ${major}; Eris needs ${VERSION_MIN} or newer.`);
    if (encoding !== 'UTF8')
      throw new DatabaseUnfit(
        `The database at ${placeOf(url)} is encoded in ${encoding}. Make one with ENCODING 'UTF8' TEMPLATE template0.`,
      );
    if (standby && !mayBeStandby)
      throw new DatabaseUnfit(
        `The database at ${placeOf(url)} only reads: it is a standby. Name the primary in DATABASE_URL, or promote it.`,
      );
    const state = await readSchemaState(session);
    if (state.kind === 'current' && !mayBeStandby) await session.query(READABLE); // who only verifies needs a few of them
    return state;
  } finally {
    await session.end();
  }
}
