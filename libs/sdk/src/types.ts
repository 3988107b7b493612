import type { components, operations } from './generated/api.js';

/** Every operation of the API, by the name that it has in the OpenAPI document. */
export type OperationId = keyof operations;

type Schemas = components['schemas'];
/** An event of a market's log: a union by `kind`. */
export type MarketEvent = Schemas['MarketEvent'];
/** A problem document (RFC 9457) as the API sends it. */
export type Problem = Schemas['Problem'];
/** The codes of problems that this version knows. */
export type ProblemCode = Schemas['ProblemCode'];

type Parameters<Id extends OperationId> = operations[Id]['parameters'];
type Headers<Id extends OperationId> = NonNullable<Parameters<Id>['header']>;
type Given<Part> = [NonNullable<Part>] extends [never] ? undefined : NonNullable<Part>;
/** A part of an input: required where the operation asks for it, nothing where it has none. */
type PartOf<Name extends string, Part> = [Given<Part>] extends [undefined]
  ? { readonly [Key in Name]?: undefined }
  : { readonly [Key in Name]: Readonly<Given<Part>> };

type JsonOf<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : undefined;
type BodyPart<Id extends OperationId> = operations[Id] extends { requestBody: infer Body } ? JsonOf<Body> : undefined;
/** The JSON body of an operation's request. */
export type BodyOf<Id extends OperationId> = BodyPart<Id>;

interface CommonInput {
  /** Further headers, such as X-Request-Id. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives up when it aborts: the call rejects with its reason. */
  readonly signal?: AbortSignal;
}
type KeyedInput<Id extends OperationId> = 'Idempotency-Key' extends keyof Headers<Id>
  ? {
      /** What makes a repeated request the same request; a new one where none is given. It is kept over the client's own retries. */
      readonly idempotencyKey?: string;
    }
  : unknown;
type WaitingInput<Id extends OperationId> = 'Prefer' extends keyof Headers<Id>
  ? {
      /** How long the server may wait for the decision before it answers, seconds (`Prefer: wait=`). */
      readonly waitSeconds?: number;
    }
  : unknown;

type QuotedInput<Id extends OperationId> = 'If-Match' extends keyof Headers<Id>
  ? {
      /** The id of a quote: the bid pays what the quote said, or is refused with 412 and the new quote (`If-Match`). */
      readonly quoteId?: string;
    }
  : unknown;

/** A query with parts that have to be given has to be given. */
type QueryInput<Id extends OperationId> = undefined extends Parameters<Id>['query']
  ? { readonly query?: Given<Parameters<Id>['query']> }
  : { readonly query: Given<Parameters<Id>['query']> };

/** What an operation is called with: the ids of its path, its query, its body. */
export type InputOf<Id extends OperationId> = PartOf<'params', Parameters<Id>['path']> &
  QueryInput<Id> &
  PartOf<'body', BodyPart<Id>> &
  KeyedInput<Id> &
  WaitingInput<Id> &
  QuotedInput<Id> &
  CommonInput;

/** The input may be left out where nothing in it is required. */
export type ArgumentsOf<Id extends OperationId> = object extends InputOf<Id> ? [input?: InputOf<Id>] : [input: InputOf<Id>];

type Content<Response> = Response extends { content: infer Media }
  ? Media extends { 'application/json': infer Body }
    ? Body
    : Media extends { 'text/plain': infer Text }
      ? Text
      : undefined
  : undefined;
type Success<Id extends OperationId> = Extract<keyof operations[Id]['responses'], 200 | 201 | 202 | 204>;
/** The body of an operation's answer when all goes well. */
export type AnswerOf<Id extends OperationId> = {
  [Status in Success<Id>]: Content<operations[Id]['responses'][Status]>;
}[Success<Id>];

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}
/** The operations that answer with pages. */
export type ListId = {
  [Id in OperationId]: AnswerOf<Id> extends PageOf<unknown> ? Id : never;
}[OperationId];
/** A row of a list. */
export type ItemOf<Id extends ListId> = AnswerOf<Id> extends PageOf<infer Item> ? Item : never;
