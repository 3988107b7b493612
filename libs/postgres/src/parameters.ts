import { at } from '#units';
import { PINNED_NAMES } from './pins.js';
import { readTls, type TlsChoice } from './tls.js';

/** What may stand in the authority or in parameters. */
export interface Server {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** What the parameters of an address say. */
export interface AddressParts {
  readonly schema?: string;
  readonly tls: TlsChoice;
  /** Whether SCRAM is bound to the TLS connection where the server can. */
  readonly isChannelBound: boolean;
  readonly applicationName?: string;
  /** How long a connection may take to be made, ms. */
  readonly connectMs?: number;
  /** More settings of the session, as the server takes them at its start (`-c name=value`). */
  readonly options?: string;
}

/** What a set of parameters comes to. */
export interface ReadParameters {
  readonly faults: readonly string[];
  readonly parts: AddressParts;
  readonly overrides: Server;
}

const MS_PER_SECOND = 1_000;
const CONNECT_SECONDS_MAX = 600;
const PORT_MAX = 65_535;
/** Beside it stand a schema for the queue and a channel for notifications, whose names are longer; Postgres takes 63 bytes. */
const SCHEMA = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;
const OWN_LIMITS = 'is not taken: Eris sets the limits of its statements and transactions itself; leave it out';
const CONNECTIONS = 'is not taken: set ERIS_DATABASE_CONNECTIONS, and leave it out';
const POOLER = 'is not taken: a pooler in transaction mode cannot carry Eris; use one in session mode, or none (docs/operations.md)';

/** Parameters of others' clients that people have in their addresses, and what to do instead. */
const NOT_TAKEN: Readonly<Record<string, string>> = {
  connection_limit: CONNECTIONS,
  max: CONNECTIONS,
  pool_timeout: OWN_LIMITS,
  socket_timeout: OWN_LIMITS,
  statement_timeout: OWN_LIMITS,
  lock_timeout: OWN_LIMITS,
  idle_in_transaction_session_timeout: OWN_LIMITS,
  query_timeout: OWN_LIMITS,
  statement_cache_size: POOLER,
  sslaccept: 'is not taken: say sslmode=no-verify to accept any certificate, sslmode=verify-full not to',
  sslidentity: 'is not taken: name files of PEM in sslcert and sslkey',
  sslpassword: 'is not taken: keep the key of sslkey without a password, readable by this user only',
  currentSchema: 'is not taken: say schema=NAME',
  search_path: 'is not taken: say schema=NAME',
};

type Known = Partial<AddressParts> & Server;
type Reader = (value: string) => Known | string;

/** Parameters that are honoured. A reader returns what the value says, or what is wrong with it. */
const HONOURED: Readonly<Record<string, Reader>> = {
  host: (host) => ({ host }),
  port: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX ? { port: Number(text) } : `must be a port from 1 to ${PORT_MAX}`),
  user: (user) => ({ user }),
  password: (password) => ({ password }),
  dbname: (database) => ({ database }),
  schema: (schema) =>
    SCHEMA.test(schema) && !/^pg_/i.test(schema)
      ? { schema }
      : 'must be a name of at most 40 letters, digits and _ that begins with a letter or _, and not with pg_',
  application_name: (applicationName) => ({ applicationName }),
  connect_timeout: (text) =>
    /^\d{1,3}$/.test(text) && Number(text) <= CONNECT_SECONDS_MAX
      ? Number(text) === 0
        ? {}
        : { connectMs: Number(text) * MS_PER_SECOND }
      : `must be a whole number of seconds, at most ${CONNECT_SECONDS_MAX}`,
  options: readOptions,
  client_encoding: (text) => (/^utf-?8$/i.test(text) ? {} : 'must be UTF8'),
  encoding: (text) => (/^utf-?8$/i.test(text) ? {} : 'must be UTF8'),
  channel_binding: (text) => {
    if (text === 'disable') return {};
    if (text === 'prefer') return { isChannelBound: true };
    return text === 'require' ? 'cannot be promised: say prefer' : 'must be disable or prefer';
  },
  target_session_attrs: (text) => (['any', 'read-write', 'primary'].includes(text) ? {} : 'must be read-write: Eris writes'),
  pgbouncer: (text) => (text === 'false' ? {} : POOLER),
};

/** Settings of the session that Eris pins are said by parameters of their own, or not at all. */
function readOptions(options: string): Known | string {
  const named = [...options.matchAll(/(?:^|\s)(?:-c\s*|--)([A-Za-z_][\w.-]*)\s*=/g)].map(([, name = '']) =>
    name.toLowerCase().replaceAll('-', '_'),
  );
  if (named.length === 0) return 'must be settings such as -c name=value';
  if (named.includes('search_path')) return 'must not set search_path: say schema=NAME';
  const pinned = named.filter((name) => PINNED_NAMES.has(name));
  return pinned.length > 0 ? `must not set ${pinned.join(', ')}: Eris sets it itself` : { options };
}

/** Reads the parameters of an address; what is neither honoured nor known to be harmless is a fault, so that nothing is ignored silently. */
export function readParameters(parameters: URLSearchParams): ReadParameters {
  const faults: string[] = [];
  const known: Known[] = [];
  const { choice, faults: tlsFaults, names: tlsNames } = readTls(parameters);
  faults.push(...tlsFaults);
  for (const name of new Set(parameters.keys())) {
    if (parameters.getAll(name).length > 1) faults.push(`has the parameter ${name} more than once: say it once`);
    if (tlsNames.has(name)) continue;
    const read = readOne(name, parameters.get(name) ?? '');
    if (typeof read === 'string') faults.push(`has the parameter ${name}, which ${read}`);
    else known.push(read);
  }
  const { host, port, user, password, database, ...parts } = Object.assign({}, ...known) as Known;
  return {
    faults,
    parts: { tls: choice, isChannelBound: false, ...parts },
    overrides: definedOf({ host, port, user, password, database }),
  };
}

function readOne(name: string, value: string): Known | string {
  if (Object.hasOwn(HONOURED, name)) return at(HONOURED, name)(value);
  if (Object.hasOwn(NOT_TAKEN, name)) return at(NOT_TAKEN, name);
  return `Eris does not know: leave it out (docs/configuration.md lists those it knows)`;
}

const definedOf = (server: { readonly [Key in keyof Server]: Server[Key] | undefined }): Server =>
  Object.fromEntries(Object.entries(server).filter(([, value]) => value !== undefined));
