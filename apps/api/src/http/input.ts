import {
  type BodyOf,
  budgetName,
  faultsOf,
  idempotencyKey,
  isPlainKey,
  type Operation,
  type OperationId,
  operationOf,
  type ParamsOf,
  type QueryOf,
} from '#contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { queryFaults } from './escapes.js';
import type { Caller } from './api-key-cache.js';
import type { GuardedRequest } from './auth-guard.js';
import { waitSecondsOf } from './prefer.js';
import { ProblemError } from './problem-error.js';
import { OPERATION } from './serves.js';

/** A validated request of an operation. */
export interface Input<Id extends OperationId> {
  readonly caller: Caller;
  readonly params: ParamsOf<Id>;
  readonly query: QueryOf<Id>;
  readonly body: BodyOf<Id>;
  /** Empty where the operation asks for none. */
  readonly idempotencyKey: string;
  /** Seconds that the caller would wait for the outcome, where it said so. */
  readonly waitSeconds: number | undefined;
  readonly lastEventId: string | undefined;
  /** By which the server was reached. */
  readonly host: string | undefined;
  readonly ifMatch: string | undefined;
  /** Calls back once the request is over: answered, or its caller gone. */
  readonly whenOver: (done: () => void) => void;
  /** Whether its connection has gone. */
  readonly isGone: () => boolean;
  /** Gives back the request's place among those in hand, for what is counted elsewhere while it goes on. */
  readonly letGo: () => void;
  /** Gives back what its body holds. */
  readonly letBodyGo: () => void;
}

const ID_MAX = 9_223_372_036_854_775_807n;

/** The request as its operation describes it. Throws a ProblemError for one that isn't. */
export const In = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const operation = operationOf(Reflect.getMetadata(OPERATION, context.getHandler()) as OperationId);
  return inputOf(operation, context.switchToHttp().getRequest<GuardedRequest>());
});

/** The request as an operation describes it. @throws ProblemError for one that isn't. */
export function inputOf(operation: Operation, request: GuardedRequest) {
  const { headers } = request;
  return {
    caller: request.caller,
    params: paramsOf(request.params as Record<string, string>),
    query: queryOf(operation, request),
    body: bodyOf(operation, request.body),
    idempotencyKey: operation.idempotent ? keyOf(single(headers['idempotency-key'])) : '',
    waitSeconds: waitSecondsOf(headers.prefer),
    lastEventId: single(headers['last-event-id']),
    host: headers.host,
    ifMatch: single(headers['if-match']),
    whenOver: (done: () => void) => request.whenOver?.(done),
    isGone: () => request.raw.socket.destroyed,
    letGo: () => request.hold?.release(),
    letBodyGo: () => request.letBodyGo?.(),
  };
}

/** A path with something that can't be an id, or a name, leads nowhere. */
function paramsOf(params: Record<string, string>): Record<string, bigint | string> {
  const ids: Record<string, bigint | string> = {};
  for (const [name, text] of Object.entries(params)) {
    if (name === 'name') {
      ids[name] = nameOf(text);
      continue;
    }
    const id = /^[1-9]\d{0,18}$/.test(text) ? BigInt(text) : ID_MAX + 1n;
    if (id > ID_MAX) throw new ProblemError('not_found', { detail: `${name} is not the id of anything.` });
    ids[name] = id;
  }
  return ids;
}

function nameOf(text: string): string {
  const parsed = budgetName.safeParse(text);
  if (!parsed.success)
    throw new ProblemError('not_found', { detail: `The name in the path ${parsed.error.issues.at(0)?.message ?? 'is none'}.` });
  return parsed.data;
}

function queryOf({ query }: Operation, request: GuardedRequest): unknown {
  const undecodable = queryFaults(request.url);
  if (undecodable.length > 0) throw new ProblemError('invalid_query', { errors: undecodable });
  if (!query) return undefined;
  const named = Object.entries({ ...(request.query as object) }).filter(([, value]) => value !== ''); // an empty one is as if it were not there
  const parsed = query.safeParse(Object.fromEntries(named));
  if (!parsed.success) throw new ProblemError('invalid_query', { errors: faultsOf(parsed.error, 'query') });
  return parsed.data;
}

function bodyOf({ body, isPlain, reader = body }: Operation, given: unknown): unknown {
  if (!reader) return undefined;
  if (isPlain?.(given)) return given;
  const parsed = reader.safeParse(given);
  if (!parsed.success) throw new ProblemError('invalid_body', { errors: faultsOf(parsed.error) });
  return parsed.data;
}

function keyOf(header: string | undefined): string {
  if (header === undefined) throw new ProblemError('idempotency_key_missing');
  if (isPlainKey(header)) return header;
  const parsed = idempotencyKey.safeParse(header);
  if (!parsed.success) throw new ProblemError('invalid_header', { errors: faultsOf(parsed.error, 'Idempotency-Key') });
  return parsed.data;
}

/** A header's one value; an empty one is as if it were not there. */
const single = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header) || undefined;
