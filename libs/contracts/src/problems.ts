import { at } from '#units';
import type { Fault } from './faults.js';
import type { CancellationQuoteTold } from './schemas/allocations.js';
import type { WindowPreviewTold } from './schemas/windows.js';
import type { Offer, Problem } from './schemas/problem.js';

interface ProblemRow {
  readonly status: number;
  readonly title: string;
  /** What to do about it. */
  readonly remedy: string;
}

const row = (status: number, title: string, remedy: string): ProblemRow => ({ status, title, remedy });

/**
 * The one table from outcomes to HTTP. An outcome of a use case that is neither here nor given a view by its controller doesn't compile.
 * The codes are stable: they are the ends of the problems' `type`.
 */
export const PROBLEMS = {
  malformed_json: row(400, 'The body is not JSON', 'Send a JSON document in UTF-8 with content-type: application/json.'),
  malformed_request: row(400, 'The request cannot be read', 'Send a well-formed HTTP request.'),
  invalid_query: row(400, 'The query is not valid', 'Correct the parameters listed in errors; see /docs.'),
  invalid_header: row(400, 'A header is not valid', 'Correct the header listed in errors; see /docs.'),
  idempotency_key_missing: row(
    400,
    'The Idempotency-Key header is missing',
    'Send a key of your own making, new for each new request and the same when you repeat one.',
  ),
  unauthenticated: row(
    401,
    'No valid key',
    'Send authorization: Bearer <key> with a key that has not been revoked; a browser signs in anew (POST /v1/sessions).',
  ),
  role_not_allowed: row(403, 'This key may not do that', 'Use a key with one of the roles named in detail.'),
  scope_not_allowed: row(403, 'This key has no scope for that', 'Use a key that has the scope named in detail, or one without scopes.'),
  site_not_allowed: row(403, 'This key is of another site', 'Use the key of the site that is named in the path.'),
  origin_not_allowed: row(
    403,
    'That did not come from a page of this server',
    'Ask from a page of this server, with X-Requested-With; or send authorization: Bearer <key> in place of the cookie.',
  ),
  not_found: row(404, 'Not found', 'Check the id; things of other organisations are not shown.'),
  market_unknown: row(404, 'No such market', 'Check the id; markets of other operators are not shown.'),
  sequence_unknown: row(404, 'The log has no such entry', 'Name an entry from 1 to the last one, which detail names.'),
  route_unknown: row(404, 'No such route', 'See /openapi.json for the routes.'),
  method_not_allowed: row(405, 'This route does not take that method', 'Use one of the methods in the Allow header.'),
  not_acceptable: row(406, 'Not acceptable', 'Accept application/json, or text/event-stream for events.'),
  request_timeout: row(408, 'The request did not arrive in time', 'Send the whole request without pauses; see ERIS_BODY_TIMEOUT_MS.'),
  market_closed: row(409, 'The market is closed', 'A closed market takes no more bids and no changes; use another one.'),
  market_paused: row(409, 'The market is paused', 'Resume it first, or try again once its operator has.'),
  not_manual: row(409, 'The clock of this market is not manual', 'A realtime market moves by itself; there is nothing to do.'),
  clock_backwards: row(409, 'A clock only moves forward', 'Name a slot after the current one.'),
  clock_leap: row(
    409,
    'The clock would move past everything on sale',
    'Name an earlier slot, or send "confirm": true with it where that is meant.',
  ),
  decisions_pending: row(409, 'Bids acknowledged before are not decided yet', 'Try again in a moment; see that a worker runs.'),
  repairs_under_way: row(409, 'Those whom a window has hit are being dealt with', 'Try again in a moment; see that a worker runs.'),
  window_overlaps: row(
    409,
    'Another window withdraws capacity of the same',
    'Close the other one first, or name slots that it leaves out.',
  ),
  window_over: row(409, 'That window is over', 'There is nothing to close.'),
  allocation_over: row(
    409,
    'That allocation is over',
    'There is nothing to cancel or to change; GET /v1/allocations/{bidId} tells what became of it.',
  ),
  capacity_sold: row(
    409,
    'That capacity is already sold',
    'Lower the capacity no further than what is sold, or look at the preview in this answer: with its digest in If-Match those are dealt with who have bought.',
  ),
  name_taken: row(409, 'That name is taken', 'Choose another name.'),
  too_many_keys: row(
    409,
    'That organisation has as many keys as it may',
    'Revoke keys that are no longer used; an organisation may have 200.',
  ),
  too_many_budgets: row(
    409,
    'That organisation has as many budgets as it may',
    'End budgets that are no longer needed; an organisation may have 50.',
  ),
  too_many_recurring: row(
    409,
    'That market has as much recurring maintenance as it may',
    'End what is no longer needed; a market may have 50 that go on.',
  ),
  budget_reserved: row(
    409,
    'More of that budget is reserved',
    'Set no less than detail says it holds, cancel allocations, or wait until their slots have run.',
  ),
  request_in_flight: row(409, 'The first request with this key is still under way', 'Repeat the request in a moment.'),
  quote_expired: row(410, 'That quote is too old', 'Ask for another quote.'),
  cancellation_outdated: row(
    412,
    'Cancelling would come to something else now',
    'Look at the new quote in this answer; where it suits, cancel or change by its id.',
  ),
  preview_outdated: row(
    412,
    'The window would do something else now',
    'Look at the new preview in this answer; where it suits, open the window with its digest in If-Match.',
  ),
  quote_outdated: row(
    412,
    'Prices have moved since the quote',
    'Look at the new quote in this answer; where it suits, bid with its id in If-Match and a new Idempotency-Key.',
  ),
  precondition_failed: row(412, 'What was asked for has changed', 'Ask again without If-Match and If-Unmodified-Since.'),
  body_too_large: row(413, 'The body is too large', 'Send less at a time; /docs names the limits.'),
  uri_too_long: row(414, 'The address is too long', 'Shorten the address.'),
  unsupported_media_type: row(415, 'The body is not declared as JSON', 'Send content-type: application/json.'),
  unsupported_charset: row(415, 'The body is not declared as UTF-8', 'Send the body in UTF-8; content-type: application/json says so.'),
  unsupported_encoding: row(415, 'The body is compressed or otherwise encoded', 'Send the body as it is, without content-encoding.'),
  range_not_satisfiable: row(416, 'Nothing lies in that range', 'Leave the Range header out, or name a range within the length.'),
  expectation_failed: row(417, 'That expectation cannot be met', 'Leave the Expect header out, or send 100-continue.'),
  invalid_body: row(422, 'The body is not valid', 'Correct the fields listed in errors; nothing was stored.'),
  clock_off: row(422, 'That clock is off', 'Set the clock of the agent by a time server; detail says by how much it is off.'),
  key_reused: row(
    422,
    'This idempotency key was used for another request',
    'Use a new key for a new request; repeat a request with the very same body.',
  ),
  market_too_large: row(
    422,
    'The market would be too large in all',
    'Use fewer sites, fewer resources or a shorter horizon, or a second market; detail says how many sites fit.',
  ),
  balance_limit: row(
    422,
    'That is more than the ledger can hold',
    'Deposit less, or into another account; docs/refusals.md names the limits.',
  ),
  rate_limited: row(429, 'Asked too often', 'Repeat the same request with the same key after the seconds in Retry-After.'),
  share_exceeded: row(
    429,
    'You have as much under way as your share allows',
    'Have less under way at once; repeat the same request with the same key after the seconds in Retry-After.',
  ),
  too_many_undecided: row(
    429,
    'Too many of your bids in this market are undecided',
    'Repeat the same request with the same key after the seconds in Retry-After; follow the decisions, and keep fewer bids waiting.',
  ),
  headers_too_large: row(431, 'The headers are too large', 'Send less in headers and address.'),
  http_version_unsupported: row(505, 'That version of HTTP is not spoken here', 'Use HTTP/1.1.'),
  requests_in_hand: row(
    503,
    'Too many requests are in hand',
    'Repeat the same request with the same key after the seconds in Retry-After.',
  ),
  bodies_in_hand: row(
    503,
    'Too many bytes of bodies are in hand',
    'Repeat the same request with the same key after the seconds in Retry-After.',
  ),
  streams_open: row(503, 'Too many event streams are open', 'Open it again after the seconds in Retry-After.'),
  waits_under_way: row(
    503,
    'Too many requests wait for decisions',
    'Repeat the same request with the same key after the seconds in Retry-After, or without Prefer.',
  ),
  connections_open: row(503, 'Too many connections are open', 'Connect again after the seconds in Retry-After.'),
  pricing_busy: row(
    503,
    'Too many quotes and prices are asked for',
    'Repeat the same request after the seconds in Retry-After; the prices of a part of the window (from, to) are told sooner.',
  ),
  quote_failed: row(
    503,
    'The quote could not be thought through',
    'Repeat the same request after the seconds in Retry-After; if it fails again, ask for a smaller job, and tell the operator.',
  ),
  overloaded: row(503, 'Too many bids are waiting', 'Repeat the same request with the same key after the seconds in Retry-After.'),
  database_busy: row(
    503,
    'Too many requests wait for the database',
    'Repeat the same request with the same key after the seconds in Retry-After.',
  ),
  database_unavailable: row(
    503,
    'The database cannot be reached',
    'Repeat the same request with the same key after the seconds in Retry-After.',
  ),
  schema_mismatch: row(
    503,
    'The database has the schema of another version',
    'Run `npx eris migrate` with the newest version, or start that version; see docs/operations.md.',
  ),
  stopping: row(503, 'The server is stopping', 'Repeat the same request with the same key after the seconds in Retry-After.'),
  internal_error: row(500, 'Something went wrong on our side', 'Repeat the request with the same key; tell the operator if it goes on.'),
} as const satisfies Record<string, ProblemRow>;

/** The name of a kind of problem. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What one problem tells beside its kind. */
export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** The path of the request. */
  readonly instance?: string;
  /** What the request is known by in the log. */
  readonly requestId?: string;
  /** The bid that was refused. */
  readonly bidId?: string;
  /** What the bid would be answered now. */
  readonly quote?: Offer;
  /** What cancelling would come to now. */
  readonly cancellation?: CancellationQuoteTold;
  /** What the window would do now. */
  readonly preview?: WindowPreviewTold;
}

/** Builds the problem document of a code. */
export function problemOf(
  code: ProblemCode,
  { detail, errors, instance, requestId, bidId, quote, cancellation, preview }: ProblemDetails = {},
): Problem {
  const { status, title, remedy } = PROBLEMS[code];
  return {
    type: `urn:eris:problem:${code}`,
    title,
    status,
    detail: detail ?? detailOf(errors) ?? title,
    remedy,
    ...(instance === undefined ? {} : { instance }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...(bidId === undefined ? {} : { bidId }),
    ...(quote === undefined ? {} : { quote }),
    ...(cancellation === undefined ? {} : { cancellation }),
    ...(preview === undefined ? {} : { preview }),
  };
}

const detailOf = (errors: readonly Fault[] | undefined): string | undefined =>
  errors && errors.length > 0
    ? `${at(errors, 0).path} ${at(errors, 0).message}${errors.length > 1 ? `; ${errors.length - 1} more in errors` : ''}`
    : undefined;

/** Whether a kind of outcome is the name of a problem. */
export const isProblemCode = (kind: string): kind is ProblemCode => Object.hasOwn(PROBLEMS, kind);
