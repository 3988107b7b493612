import { operationOf, type Operation, type OperationId } from '#contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, Keyring } from './keyring.js';
import { ProblemError } from './problem-error.js';
import { RateGate } from './rate-gate.js';
import { OPERATION } from './serves.js';

/** A request that has passed the guard. */
export interface GuardedRequest extends FastifyRequest {
  caller?: Caller;
}

/** Lets a request through where the policy of its operation allows it. Whether the thing itself is the caller's is for the use cases. */
@Injectable()
export class PolicyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keyring: Keyring,
    private readonly rateGate: RateGate,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { policy } = operationOf(this.reflector.get<OperationId>(OPERATION, context.getHandler()));
    if (policy === 'anyone') return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    request.caller = await this.authenticate(request);
    await this.rateGate.pass(request.caller.keyId, request, context.switchToHttp().getResponse<FastifyReply>());
    checkRole(request.caller, policy);
    return true;
  }

  private async authenticate({ headers }: FastifyRequest): Promise<Caller> {
    const [, key] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    const caller = key === undefined ? undefined : await this.keyring.callerOf(key);
    if (!caller) throw new ProblemError('unauthenticated', {}, { 'www-authenticate': 'Bearer' });
    return caller;
  }
}

function checkRole({ role }: Caller, { roles }: Exclude<Operation['policy'], 'anyone'>): void {
  if (!roles.includes(role))
    throw new ProblemError('role_not_allowed', { detail: `This takes a key of role ${roles.join(' or ')}; yours is ${role}.` });
}
