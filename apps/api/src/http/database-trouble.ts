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

/** Whether an error says that the database cannot be reached or is going away, however deep it lies. */
export function isDatabaseTrouble(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > 5) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (SYSTEM_CODES.has(code) || SQL_STATES.test(code) || PRISMA_CODES.has(code) || MESSAGES.test(error.message)) return true;
  if (error instanceof AggregateError && error.errors.some((inner) => isDatabaseTrouble(inner, depth + 1))) return true;
  return isDatabaseTrouble(error.cause, depth + 1);
}
