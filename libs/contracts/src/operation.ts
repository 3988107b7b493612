import type { z } from 'zod';
import type { ResponseHeader } from './headers.js';
import type { ProblemCode } from './problems.js';
import type { Role } from './schemas/tenancy.js';
import type { Scope } from './scopes.js';

/** An answer that is not a problem. Without a schema the answer has no JSON body. */
export interface SuccessResponse {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly mediaType?: string;
  /** Of a stream: what each of its messages is. */
  readonly message?: z.ZodType;
  /** Headers that it may have beyond those of every answer of the operation. */
  readonly headers?: readonly ResponseHeader[];
}

/** One route of the API: everything that guard, validation, document and tests need to know about it. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces; every parameter is an id, but for `name`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Who may call it; 'anyone' needs no key. */
  readonly policy: 'anyone' | { readonly roles: readonly Role[] };
  /** What a key with scopes must have among them; null where any key will do. By tag and method where nothing is said: `markets:read`. */
  readonly scope?: Scope | null;
  /** Another one that it must have as well. */
  readonly alsoScope?: Scope;
  /** Takes a key only, not the session of a browser. */
  readonly keyOnly?: true;
  /** The Idempotency-Key header is required. */
  readonly idempotent?: true;
  /** Asked again it does nothing more, though its method doesn't say so. */
  readonly repeatable?: true;
  /** Headers it reads beyond Authorization and Idempotency-Key, with what they mean. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** What reads the body, where that is more than the schema: bids are read by the form of their kind (bid-forms.ts). */
  readonly reader?: { readonly safeParse: (given: unknown) => z.ZodSafeParseResult<unknown> };
  /** What the document says of the body, where `body` leaves parts of it to be checked later. */
  readonly publishedBody?: z.ZodType;
  /** Values that the body may hold; LIMITS.bodyValues where it says nothing. */
  readonly bodyValues?: number;
  /** True only for bodies that the schema takes as they are, so that they need not be parsed. */
  readonly isPlain?: (body: unknown) => boolean;
  readonly responses: Readonly<Record<number, SuccessResponse>>;
  /** Problems beyond those that every route may answer with. */
  readonly problems?: readonly ProblemCode[];
}

/** Whether a request may be sent again where nobody knows what became of it: it reads, or does at most once what it does. */
export const isRepeatable = ({ method, idempotent, repeatable }: Operation): boolean =>
  method === 'GET' || method === 'PUT' || method === 'DELETE' || idempotent === true || repeatable === true;

/** The scopes that a key must have for an operation, where it has any: all of these. */
export function scopesOf({ scope, alsoScope, policy, tag, method }: Operation): readonly string[] {
  if (policy === 'anyone' || scope === null) return [];
  return [scope ?? `${tag}:${method === 'GET' ? 'read' : 'write'}`, ...(alsoScope === undefined ? [] : [alsoScope])];
}

/** Gives the table's rows their own types while it checks their shape. */
export const defineOperations = <const Table extends Record<string, Operation>>(table: Table): Table => table;

/** The policy of what needs no key. */
export const ANYONE = 'anyone';
/** The policy of what operators do. */
export const OPERATORS = { roles: ['operator'] } as const;
/** The policy of what those do who spend, and those who oversee them. */
export const SPENDERS = { roles: ['operator', 'bidder'] } as const;
/** The policy of what agents of sites do. */
export const AGENTS = { roles: ['agent'] } as const;
/** The policy of what bidders do. */
export const BIDDERS = { roles: ['bidder'] } as const;
/** The policy of what everybody with a key may read. */
export const MEMBERS = { roles: ['operator', 'bidder', 'auditor'] } as const;
/** Those who look over an operator's tenancy. */
export const ADMIN_READERS = { roles: ['operator', 'auditor'] } as const;
