/** Errors of the network. */
const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/**
 * What Postgres says where the cause is not the statement and passes (SQLSTATE): connections, resources such as the disk, the operator, the
 * system; and that it only reads, as a standby does until it takes over.
 */
const SQL_STATES = /^(08|53|57|58)...$|^25006$/;
/** pg and Prisma have no codes for these. */
const MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|connection (?:is|was) closed|client has encountered a connection error|Can't reach database server|ECONNREFUSED|Connection terminated|connection timeout/i;
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024']);

const DEPTH_MAX = 5;

/** Where pg, Prisma and its adapter say what happened: Prisma keeps a statement's error in `meta`, and that one's cause is no Error. */
interface Trouble {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

/** Whether an error says that the database cannot be reached or is going away, however deep it lies. */
export function isDatabaseTrouble(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEPTH_MAX) return false;
  const { code, originalCode, message, cause, errors, meta } = error as Trouble;
  if ([code, originalCode].some((found) => typeof found === 'string' && isTroubleCode(found))) return true;
  if (typeof message === 'string' && MESSAGES.test(message)) return true;
  const inner: unknown[] = [cause, meta?.driverAdapterError, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return inner.some((one) => isDatabaseTrouble(one, depth + 1));
}

const isTroubleCode = (code: string): boolean => SYSTEM_CODES.has(code) || SQL_STATES.test(code) || PRISMA_CODES.has(code);
