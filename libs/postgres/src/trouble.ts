/**
 * What a failure of the database means for whoever asked: the transaction lost against another one and may be run again as it is; the database is
 * away, or has no time, and will be back; or neither, so that it is a fault of ours.
 */
export type Trouble = 'conflict' | 'away';

/** SQLSTATEs by which Postgres takes a transaction back for the sake of another one. */
const CONFLICT_STATES = new Set(['40001', '40P01']);
/**
 * SQLSTATEs whose cause is not the statement and passes, by class: connections (08), resources such as connections and the disk (53), the operator, who
 * cancels and shuts down (57), the system (58); and one by one: it only reads, as a standby does until it takes over; nobody knows how the commit went;
 * a lock could not be had; a session, a transaction or its idleness took too long; the role or the database is not let in (any more).
 */
const AWAY_STATES = /^(?:08|53|57|58|28)...$|^(?:25006|40003|55P03|25P03|25P04|3D000)$/;
/** Errors of the network, as Node names them. */
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
]);
/** Of a Unix socket, or of too many of them: these are ours where anything else is meant. */
const CONNECT_CODES = new Set(['ENOENT', 'EACCES', 'EMFILE', 'ENFILE']);
/**
 * Prisma's: not reached (P1001), too late (P1002, P1008), not let in (P1000, P1010), no such database (P1003), connection closed (P1017), TLS (P1011), no
 * connection free (P2024, P2037), no transaction begun or kept within its time (P2028).
 */
const PRISMA_CODES = new Set(['P1000', 'P1001', 'P1002', 'P1003', 'P1008', 'P1010', 'P1011', 'P1017', 'P2024', 'P2028', 'P2037']);
const PRISMA_CONFLICT = 'P2034';
/** Prisma's adapter's. */
const KINDS: Readonly<Record<string, Trouble>> = {
  TransactionWriteConflict: 'conflict',
  DatabaseNotReachable: 'away',
  ConnectionClosed: 'away',
  SocketTimeout: 'away',
  TooManyConnections: 'away',
  TlsConnectionError: 'away',
  AuthenticationFailed: 'away',
  DatabaseAccessDenied: 'away',
  DatabaseDoesNotExist: 'away',
};
/** pg, its pool and Prisma have no codes for these. */
const MESSAGES = [
  /timeout exceeded when trying to connect/i,
  /connection terminated/i,
  /connection (?:is|was) closed/i,
  /connection timeout/i,
  /timeout expired/i,
  /query read timeout/i,
  /client has encountered a connection error/i,
  /client was closed and is not queryable/i,
  /cannot use a pool after calling end/i,
  /can't reach database server/i,
  /unable to start a transaction in the given time/i,
  /server does not support SSL connections/i,
];

const DEPTH_MAX = 6;

/** Where pg, Prisma and its adapter say what happened: Prisma keeps a statement's error in `meta`, and that one's cause is no Error. */
interface DatabaseError {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly kind?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
  readonly originalMessage?: unknown;
  readonly severity?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

/** What an error says of the database, however deep it lies; undefined where it says nothing of that kind. */
export function troubleOf(error: unknown, depth = 0): Trouble | undefined {
  if (typeof error !== 'object' || error === null || depth > DEPTH_MAX) return undefined;
  const { code, originalCode, kind, syscall, message, cause, errors, meta } = error as DatabaseError;
  if (syscall === 'connect' && CONNECT_CODES.has(String(code))) return 'away';
  const own = troubleOfCode(code) ?? troubleOfCode(originalCode) ?? (typeof kind === 'string' ? KINDS[kind] : undefined);
  if (own) return own;
  if (typeof message === 'string' && MESSAGES.some((pattern) => pattern.test(message))) return 'away';
  const inner: unknown[] = [cause, meta?.driverAdapterError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  for (const one of inner) {
    const found = troubleOf(one, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function troubleOfCode(code: unknown): Trouble | undefined {
  if (typeof code !== 'string') return undefined;
  if (CONFLICT_STATES.has(code) || code === PRISMA_CONFLICT) return 'conflict';
  return AWAY_STATES.test(code) || SYSTEM_CODES.has(code) || PRISMA_CODES.has(code) ? 'away' : undefined;
}

/** Whether a transaction lost against another one (deadlock, serialization): it may be run again. */
export const isConflict = (error: unknown): boolean => troubleOf(error) === 'conflict';

/** Whether the database cannot be had at the moment, or a transaction has lost too often: the same request may be sent again later. */
export const isDatabaseTrouble = (error: unknown): boolean => troubleOf(error) !== undefined;

/** The first code or kind that an error has, however deep it lies: what messages are chosen by. */
export const codesOf = (error: unknown): readonly string[] =>
  layersOf(error).flatMap(({ code, originalCode, kind }) =>
    [code, originalCode, kind].filter((one): one is string => typeof one === 'string'),
  );

/** What the database has said, however deep an error keeps it. */
export interface Said {
  readonly code: string;
  readonly severity: string | undefined;
  readonly message: string;
}

/** Everything in an error that has a code and words: Postgres's own, and Prisma's. */
export const answersIn = (error: unknown): readonly Said[] =>
  layersOf(error).flatMap(({ code, originalCode, severity, message, originalMessage }) => {
    const [state, words] = [originalCode ?? code, originalMessage ?? message];
    if (typeof state !== 'string' || typeof words !== 'string') return [];
    return [{ code: state, severity: typeof severity === 'string' ? severity : undefined, message: words }];
  });

/** The error and what caused it, the outermost first. */
function layersOf(error: unknown, depth = 0): readonly DatabaseError[] {
  if (typeof error !== 'object' || error === null || depth > DEPTH_MAX) return [];
  const { cause, errors, meta } = error as DatabaseError;
  const inner: unknown[] = [cause, meta?.driverAdapterError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [error, ...inner.flatMap((one) => layersOf(one, depth + 1))];
}
