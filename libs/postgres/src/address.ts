import { userInfo } from 'node:os';
import { at } from '#units';
import { type AddressParts, readParameters, type Server } from './parameters.js';

/** Where a database is and how it is reached: everything that `DATABASE_URL` says, and nothing from anywhere else. */
export interface DatabaseAddress extends AddressParts {
  /** A name, an IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Empty where the address has none. */
  readonly password: string;
  readonly database: string;
  /** Where Eris's tables lie. */
  readonly schema: string;
}

/** An address that cannot be used. The message never holds a piece of it that may be a password. */
export class AddressError extends Error {
  override readonly name = 'AddressError';

  constructor(readonly faults: readonly string[]) {
    super(`The database's address (DATABASE_URL) ${faults.join('; ')}`);
  }
}

const PORT_DEFAULT = 5432;
const PORT_MAX = 65_535;
const SCHEMA_DEFAULT = 'public';
const SOCKET_HOST_DEFAULT = 'localhost';

const FORM = 'must be an address such as postgresql://host/name';
const ESCAPES =
  'has a character that must be escaped, most likely in the password: write @ as %40, / as %2F, ? as %3F, # as %23, : as %3A, % as %25' +
  ' (or leave the password out and give it, as it is, in ERIS_DATABASE_PASSWORD)';

/**
 * Reads a `postgresql://` address.
 * @returns the address, or every fault as the rest of a sentence that begins with the variable's name.
 */
export function readAddress(
  text: string,
): { readonly kind: 'address'; readonly address: DatabaseAddress } | { readonly kind: 'faults'; readonly faults: readonly string[] } {
  const match = /^postgres(?:ql)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/is.exec(text);
  if (!match) return faulty(FORM);
  const [, authority = '', database = '', query = '', fragment] = match;
  if (fragment !== undefined || database.includes('@') || query.includes('@')) return faulty(ESCAPES);
  const server = readAuthority(authority);
  if (typeof server === 'string') return faulty(server);
  const name = decoded(database);
  if (name === undefined) return faulty(ESCAPES);
  const { faults, parts, overrides } = readParameters(new URLSearchParams(query));
  if (faults.length > 0) return { kind: 'faults', faults };
  return completed({ ...server, database: name, ...overrides }, parts);
}

/** Reads an address that is known to be sound. @throws AddressError where it isn't. */
export function addressOf(text: string): DatabaseAddress {
  const read = readAddress(text);
  if (read.kind === 'faults') throw new AddressError(read.faults);
  return read.address;
}

/** Where a database is, for messages: `host:port/name`, and the schema where it is not the usual one. No user, no password. */
export function placeOf(url: string): string {
  const { host, port, database, schema } = addressOf(url);
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${host.startsWith('/') ? host : `${shown}:${port}`}/${database}${schema === SCHEMA_DEFAULT ? '' : `, schema ${schema}`}`;
}

/** The address with a password where it has none, escaped. */
export function withPassword(url: string, password: string): string {
  const { password: known, user } = addressOf(url);
  if (known !== '' || password === '') return url;
  const [, scheme, authority, rest] = /^([^:]+:\/\/)([^/?#]*)(.*)$/s.exec(url) as unknown as [string, string, string, string];
  return `${scheme}${encodeURIComponent(user)}:${encodeURIComponent(password)}@${authority.slice(authority.lastIndexOf('@') + 1)}${rest}`;
}

/** The address of another database of the same server. */
export function withDatabase(url: string, database: string): string {
  return url.replace(/^([^:]+:\/\/[^/?#]*)(?:\/[^?#]*)?/, (_, server: string) => `${server}/${encodeURIComponent(database)}`);
}

const faulty = (...faults: string[]) => ({ kind: 'faults', faults }) as const;

/** `user:password@host:port`; each part may be missing. @returns a fault where it is no such thing. */
function readAuthority(authority: string): Server | string {
  const mark = authority.lastIndexOf('@');
  const [user = '', ...passwordParts] = authority.slice(0, Math.max(mark, 0)).split(':');
  const place = authority.slice(mark + 1);
  if (place.includes(',')) return 'names several hosts: name the one that takes writes';
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(place);
  if (!match) return ESCAPES;
  const [host, name, password] = [at(match, 1).replace(/^\[|\]$/g, ''), user, passwordParts.join(':')].map(decoded);
  if (host === undefined || name === undefined || password === undefined) return ESCAPES;
  const port = match[2] ? Number(match[2]) : undefined;
  if (port !== undefined && (port < 1 || port > PORT_MAX)) return `must have a port from 1 to ${PORT_MAX}`;
  return { host, user: name, password, ...(port === undefined ? {} : { port }) };
}

/** @returns undefined where a % begins no escape. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function completed(server: Server, parts: AddressParts): ReturnType<typeof readAddress> {
  const user = server.user || nameOfThisUser();
  if (user === undefined) return faulty('names no user, and this process has none that has a name');
  const address: DatabaseAddress = {
    ...parts,
    host: server.host || SOCKET_HOST_DEFAULT,
    port: server.port ?? PORT_DEFAULT,
    user,
    password: server.password ?? '',
    database: server.database || user,
    schema: parts.schema ?? SCHEMA_DEFAULT,
  };
  return { kind: 'address', address };
}

/** As PostgreSQL's own programs do where nobody is named. A container's user may have no name. */
function nameOfThisUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
