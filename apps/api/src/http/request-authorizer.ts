import { operationIds, operationOf, type Operation, scopesOf } from '#contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, type KeyName, type ApiKeyCache, nameOf, nameOfSession } from './api-key-cache.js';
import type { GuardedRequest } from './auth-guard.js';
import { ProblemError } from './problem-error.js';
import type { RateLimiter } from './rate-limiter.js';
import { checkOrigin, sessionIn } from './session-cookie.js';

/** Lets a request through where the policy of its operation allows it. Whether the thing itself is the caller's is for the use cases. */
export class RequestAuthorizer {
  /** What each connection showed last: most clients send all their requests with one key. */
  private readonly shown = new WeakMap<object, { readonly authorization: string; readonly key: KeyName }>();

  constructor(
    private readonly keyring: ApiKeyCache,
    private readonly rateGate: RateLimiter,
  ) {}

  /**
   * Who calls; undefined where anyone may. Writes it to the request, and how the key stands to the answer.
   * @throws ProblemError unauthenticated, origin_not_allowed, rate_limited, role_not_allowed or scope_not_allowed.
   */
  async pass(operation: Operation, request: GuardedRequest, reply: FastifyReply): Promise<Caller | undefined> {
    const { policy } = operation;
    if (policy === 'anyone') return undefined;
    const caller = this.remembered(request) ?? (await this.authenticate(request));
    request.caller = caller;
    if (this.rateGate.isOn) await this.rateGate.pass(caller, reply);
    checkRole(caller, policy);
    checkScope(caller, operation);
    return caller;
  }

  /** Asks once more whose key it is: what a request brings may take long to come. @throws ProblemError unauthenticated. */
  async confirm(request: GuardedRequest): Promise<void> {
    await this.authenticate(request);
  }

  /** A request brings more than one thing: it has passed, and those after it wait for what the others cost. */
  charge(caller: Caller, cost: number): Promise<void> {
    return this.rateGate.charge(caller, cost);
  }

  /** Who calls by a key that was good a moment ago: nearly every request, and one that need not wait. */
  private remembered({ headers, raw }: FastifyRequest): Caller | undefined {
    const key = this.keyOf(headers.authorization ?? '', raw.socket);
    return key === undefined ? undefined : this.keyring.remembered(key);
  }

  /** A key goes before a session: a page that sends one has it. */
  private async authenticate(request: GuardedRequest): Promise<Caller> {
    const { headers, raw, method, operation } = request;
    const session = headers.authorization === undefined && !operation?.keyOnly ? sessionIn(headers) : undefined;
    if (session !== undefined) return this.signedIn(session, method, headers);
    const key = this.keyOf(headers.authorization ?? '', raw.socket);
    const caller = key === undefined ? undefined : await this.keyring.callerOf(key);
    if (!caller) throw new ProblemError('unauthenticated', {}, { 'www-authenticate': 'Bearer' });
    return caller;
  }

  private async signedIn(text: string, method: string, headers: FastifyRequest['headers']): Promise<Caller> {
    checkOrigin(method, headers);
    const session = nameOfSession(text);
    const caller = session === undefined ? undefined : await this.keyring.callerOf(session);
    if (!caller)
      throw new ProblemError('unauthenticated', { detail: 'This session is over: sign in again.' }, { 'www-authenticate': 'Bearer' });
    return caller;
  }

  private keyOf(authorization: string, connection: object): KeyName | undefined {
    const last = this.shown.get(connection);
    if (last?.authorization === authorization) return last.key;
    const [, text] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    const key = text === undefined ? undefined : nameOf(text);
    if (key !== undefined) this.shown.set(connection, { authorization, key });
    return key;
  }
}

function checkRole({ role }: Caller, { roles }: Exclude<Operation['policy'], 'anyone'>): void {
  if (!roles.includes(role))
    throw new ProblemError('role_not_allowed', { detail: `This takes a key of role ${roles.join(' or ')}; yours is ${role}.` });
}

const SCOPES_OF: ReadonlyMap<Operation, readonly string[]> = new Map(operationIds.map(operationOf).map((each) => [each, scopesOf(each)]));

/** A key without scopes may do all that its role may. */
function checkScope({ scopes }: Caller, operation: Operation): void {
  if (scopes === undefined || scopes.length === 0) return;
  const needed = (SCOPES_OF.get(operation) ?? scopesOf(operation)).find((scope) => !scopes.includes(scope));
  if (needed !== undefined)
    throw new ProblemError('scope_not_allowed', { detail: `This takes a key with the scope ${needed}; yours has ${scopes.join(', ')}.` });
}
