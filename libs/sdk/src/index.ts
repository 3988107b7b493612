/** The client of the API: typed by its OpenAPI document, for Node and for browsers. */
export { Eris, newIdempotencyKey, type Answer, type ErisOptions, type Fetch } from './eris.js';
export type { FollowOptions } from './follow.js';
export { OPERATIONS } from './generated/operations.js';
export { hashOfReceipt, type Receipt } from './receipt.js';
export { ProblemError, UnreachableError } from './problems.js';
export type { Retry, RetryPolicy } from './retry.js';
export type { AnswerOf, BodyOf, InputOf, ItemOf, ListId, MarketEvent, OperationId, Problem, ProblemCode } from './types.js';
