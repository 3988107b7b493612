/** What crosses the wire: every operation with its schemas and policy, the problems, and the OpenAPI document made from them. */
export { microsOf } from './amount.js';
export { headersOf, problemCodesOf } from './answers.js';
export { eventSchema, eventSchemas } from './event-schemas.js';
export { faultsOf, pathOf, type Fault } from './faults.js';
export { exposedHeaders, HEADERS_ANYWHERE, headersOfProblems, responseHeaders, type ResponseHeader } from './headers.js';
export { LIMITS } from './limits.js';
export { openApiDocument } from './openapi.js';
export { type Operation, scopesOf } from './operation.js';
export { SCOPES, type Scope } from './scopes.js';
export {
  operationIds,
  operationOf,
  operations,
  type AnswerOf,
  type BodyOf,
  type OperationId,
  type ParamsOf,
  type QueryOf,
} from './operations/index.js';
export { isProblemCode, PROBLEMS, problemOf, type ProblemCode, type ProblemDetails } from './problems.js';
export { bidFormsOf, type BidForms, type BodyForm, type BulkItemWire, type JobWire } from './bid-forms.js';
export { idempotencyKey, optionTold, refusalTold, type BidBodyWire } from './schemas/bids.js';
export { budgetName } from './schemas/budgets.js';
export { EVENTS, eventKinds, eventTold, marketEvent, SEQUENCE_TEXT, streamMessage, type MarketEvent } from './schemas/events.js';
export { priceRuleOf, termsTold } from './schemas/markets.js';
export { isCount, isFields, isPlainKey, isPositive, isQuantity, type Fields } from './schemas/plain-bid.js';
export { count, id, positive, quantities, quantity, recordOf, slot } from './schemas/primitives.js';
export { type Offer, problem, type Problem } from './schemas/problem.js';
export { cancellationIdOf, readCancellationId, type CancellationId } from './cancellation-id.js';
export { QUOTE_DIGEST_LENGTH, type QuoteId, quoteIdOf, readIfMatch } from './quote-id.js';
export { REFUSAL_CODES, type RefusalCode } from './refusals.js';
export { ROLES, type Role } from './schemas/tenancy.js';
