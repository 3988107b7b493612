/**
 * What every session has, whatever the server, the database, the role or the environment say: how values are read and written, what is visible,
 * and how long things may take. Receipts hash what the database writes, so that another format would be another history.
 */
const PINS: Readonly<Record<string, string>> = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  backslash_quote: 'safe_encoding',
  array_nulls: 'on',
  transform_null_equals: 'off',
  xmlbinary: 'base64',
  row_security: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  idle_session_timeout: '0',
  check_function_bodies: 'on',
};
/** Settings that not every version has: pinned where there are any. */
const PINS_WHERE_KNOWN: Readonly<Record<string, string>> = { transaction_timeout: '0' };
/** Pinned by rules of their own, below. */
const RULED = ['search_path', 'synchronous_commit', 'session_replication_role'];

/** Every setting that an address must not set, in small letters. */
export const PINNED_NAMES: ReadonlySet<string> = new Set(
  [...Object.keys(PINS), ...Object.keys(PINS_WHERE_KNOWN), ...RULED].map((name) => name.toLowerCase()),
);

/** What a session adds to what all of them have. */
export interface SessionSettings {
  /** The only schema whose tables are seen. */
  readonly schema: string;
  /** Settings of this kind of connection, such as hints for the planner. */
  readonly more?: Readonly<Record<string, string>>;
}

/** What a session sets at its start and by its first statement. */
function pinned({ schema, more = {} }: SessionSettings): Readonly<Record<string, string>> {
  return { ...PINS, ...more, search_path: `"${schema.replaceAll('"', '""')}", pg_temp` };
}

/** The pins that every version knows and every role may set, as start-up options: for clients that know of nothing else. */
export const pinOptions = (settings: SessionSettings): string =>
  Object.entries(pinned(settings))
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/([\\ ])/g, '\\$1')}`)
    .join(' ');

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const pin = ([name, value]: readonly [string, string]): string => `set_config(${literal(name)}, ${literal(value)}, false)`;

/**
 * pin-session: sets a session's settings, and tells whom it talks to.
 * Input:  none; names and values stand in the text, which goes as one simple message. The role's limit goes first: it would hold for the rest.
 * Output: of the second statement one row: `pid` of the server's process, `version`, of which 180000 is 18.0.
 * Events: none.
 * Retry:  safe.
 *
 * A commit that is not waited for would make an acknowledgement untrue: `off` is raised to `on`, and what promises more stays. Triggers keep the
 * ledger: a role for which they don't fire is set right where it may be, and is refused by the database where it may not (42501).
 */
export function pinText(settings: SessionSettings): string {
  const parts = [
    ...Object.entries(pinned(settings)).map(pin),
    ...Object.entries(PINS_WHERE_KNOWN).map(
      ([name, value]) => `CASE WHEN current_setting(${literal(name)}, true) IS NOT NULL THEN ${pin([name, value])} END`,
    ),
    `CASE current_setting('synchronous_commit') WHEN 'off' THEN ${pin(['synchronous_commit', 'on'])} END`,
    `CASE current_setting('session_replication_role') WHEN 'replica' THEN ${pin(['session_replication_role', 'origin'])} END`,
  ];
  return `SET statement_timeout = 0; SELECT pg_backend_pid() AS pid, current_setting('server_version_num')::int AS version, ${parts.join(', ')}`;
}
