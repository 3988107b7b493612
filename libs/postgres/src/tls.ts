import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { at } from '#units';

/** How the connection is encrypted, as the parameters say. */
export interface TlsChoice {
  /** `verify-ca` believes the certificate and not the name in it; `no-verify` believes anybody. */
  readonly mode: 'disable' | 'no-verify' | 'verify-ca' | 'verify-full';
  /** Files of PEM. */
  readonly rootCertFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Whether TLS begins at once, without being asked for. */
  readonly isDirect: boolean;
}

type Mode = TlsChoice['mode'];

const NAMES = new Set(['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation', 'uselibpqcompat']);
const MODES: Readonly<Record<string, Mode>> = {
  disable: 'disable',
  'no-verify': 'no-verify',
  require: 'verify-full',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
};
const SSL: Readonly<Record<string, Mode>> = {
  true: 'verify-full',
  '1': 'verify-full',
  false: 'disable',
  '0': 'disable',
  'no-verify': 'no-verify',
};

/** Reads what an address says about encryption. @returns also the names of the parameters that were looked at. */
export function readTls(parameters: URLSearchParams): { choice: TlsChoice; faults: string[]; names: ReadonlySet<string> } {
  const given = (name: string): string | undefined => parameters.get(name) ?? undefined;
  const files = { root: given('sslrootcert'), cert: given('sslcert'), key: given('sslkey') };
  const { mode, fault } = modeOf(given, files.root);
  const negotiation = given('sslnegotiation') ?? 'postgres';
  const faults = fault === undefined ? [] : [fault];
  if (!['postgres', 'direct'].includes(negotiation)) faults.push('has the parameter sslnegotiation, which must be postgres or direct');
  const isAsked = mode !== undefined || negotiation === 'direct' || Object.values(files).some((file) => file !== undefined);
  const choice: TlsChoice = {
    mode: mode ?? (isAsked ? 'verify-full' : 'disable'),
    isDirect: negotiation === 'direct',
    ...(files.root === undefined || files.root === 'system' ? {} : { rootCertFile: files.root }),
    ...(files.cert === undefined ? {} : { certFile: files.cert }),
    ...(files.key === undefined ? {} : { keyFile: files.key }),
  };
  return { choice, faults, names: NAMES };
}

/** `require` checks the certificate: what is encrypted for anybody is no secret. With `uselibpqcompat=true` it is as PostgreSQL's own programs take it. */
function modeOf(given: (name: string) => string | undefined, root?: string): { mode?: Mode; fault?: string } {
  const [sslmode, ssl] = [given('sslmode'), given('ssl')];
  if (sslmode === undefined) {
    if (ssl === undefined) return {};
    return Object.hasOwn(SSL, ssl) ? { mode: at(SSL, ssl) } : { fault: 'has the parameter ssl, which must be true, false or no-verify' };
  }
  if (['allow', 'prefer'].includes(sslmode))
    return { fault: `has sslmode=${sslmode}, which may end without encryption: say disable, or require and what follows it` };
  if (!Object.hasOwn(MODES, sslmode)) return { fault: `has the parameter sslmode, which must be one of ${Object.keys(MODES).join(', ')}` };
  if (sslmode === 'require' && given('uselibpqcompat') === 'true') return { mode: root === undefined ? 'no-verify' : 'verify-ca' };
  if (sslmode === 'verify-ca' && root === undefined) return { fault: 'has sslmode=verify-ca, which needs sslrootcert=FILE' };
  return { mode: at(MODES, sslmode) };
}

/** What Node's TLS needs; false for none. @throws Error naming the parameter whose file can't be read. */
export function tlsOptionsOf(choice: TlsChoice): ConnectionOptions | false {
  if (choice.mode === 'disable') return false;
  return {
    rejectUnauthorized: choice.mode !== 'no-verify',
    ...(choice.mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
    ...(choice.rootCertFile === undefined ? {} : { ca: read('sslrootcert', choice.rootCertFile) }),
    ...(choice.certFile === undefined ? {} : { cert: read('sslcert', choice.certFile) }),
    ...(choice.keyFile === undefined ? {} : { key: read('sslkey', choice.keyFile) }),
  };
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new Error(`DATABASE_URL names ${name}=${file}, which cannot be read (${code})`, { cause });
  }
}
