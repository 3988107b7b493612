import { HEADERS_ANYWHERE, HEADERS_OF_LIMITS, headersOfProblems, type ResponseHeader } from './headers.js';
import type { Operation } from './operation.js';
import { type ProblemCode, PROBLEMS } from './problems.js';

/** The codes of whatever has a body. */
const OF_BODIES: readonly ProblemCode[] = [
  'malformed_json',
  'invalid_body',
  'body_too_large',
  'unsupported_media_type',
  'unsupported_charset',
  'unsupported_encoding',
  'request_timeout',
  'bodies_in_hand',
];

/** The codes of whatever asks for a key. */
const OF_CALLERS: readonly ProblemCode[] = [
  'unauthenticated',
  'role_not_allowed',
  'scope_not_allowed',
  'origin_not_allowed',
  'rate_limited',
  'share_exceeded',
  'requests_in_hand',
  'connections_open',
  'database_busy',
];

/** The codes that an operation may answer with, by the parts that it has. */
export function problemCodesOf(operation: Operation): readonly ProblemCode[] {
  const codes: ProblemCode[] = ['internal_error', 'database_unavailable', ...(operation.problems ?? [])];
  if (operation.policy !== 'anyone') codes.push(...OF_CALLERS);
  if (operation.path.includes('{')) codes.push('not_found');
  if (operation.path.includes('{marketId}')) codes.push('market_unknown');
  if (operation.query) codes.push('invalid_query');
  if (operation.headers) codes.push('invalid_header');
  if (operation.body) codes.push(...OF_BODIES);
  if (operation.idempotent) codes.push('idempotency_key_missing', 'invalid_header');
  return [...new Set(codes)];
}

/** The same by status, statuses ascending. */
export function problemsByStatus(operation: Operation): ReadonlyMap<number, readonly ProblemCode[]> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodesOf(operation)) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

/** The headers that an operation's answer may have, by its status. */
export function headersOf(operation: Operation, status: number): readonly ResponseHeader[] {
  const names = [
    ...HEADERS_ANYWHERE,
    ...(operation.policy === 'anyone' ? [] : HEADERS_OF_LIMITS),
    ...(operation.responses[status]?.headers ?? []),
    ...headersOfProblems(problemsByStatus(operation).get(status) ?? []),
  ];
  return [...new Set(names)];
}
