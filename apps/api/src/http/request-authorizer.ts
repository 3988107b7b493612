import type { Operation } from '#contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, type KeyName, type ApiKeyCache, nameOf } from './api-key-cache.js';
import type { GuardedRequest } from './auth-guard.js';
import { ProblemError } from './problem-error.js';
import type { RateLimiter } from './rate-limiter.js';

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
   * @throws ProblemError unauthenticated, rate_limited or role_not_allowed.
   */
  async pass({ policy }: Operation, request: GuardedRequest, reply: FastifyReply): Promise<Caller | undefined> {
    if (policy === 'anyone') return undefined;
    const caller = this.remembered(request) ?? (await this.authenticate(request));
    request.caller = caller;
    if (this.rateGate.isOn) await this.rateGate.pass(caller, reply);
    checkRole(caller, policy);
    return caller;
  }

  /** Asks once more whose key it is: what a request brings may take long to come. @throws ProblemError unauthenticated. */
  async confirm(request: FastifyRequest): Promise<void> {
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

  private async authenticate({ headers, raw }: FastifyRequest): Promise<Caller> {
    const key = this.keyOf(headers.authorization ?? '', raw.socket);
    const caller = key === undefined ? undefined : await this.keyring.callerOf(key);
    if (!caller) throw new ProblemError('unauthenticated', {}, { 'www-authenticate': 'Bearer' });
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
