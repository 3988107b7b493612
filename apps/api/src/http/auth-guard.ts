import { operationOf, type Operation, type OperationId } from '#contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { invariant } from '#units';
import type { Caller } from './api-key-cache.js';
import type { Hold } from './quota.js';
import { OPERATION } from './serves.js';

/** A request as the way in leaves it. */
export interface GuardedRequest extends FastifyRequest {
  /** What it asks for; unknown for pages and for what is not there. */
  operation?: Operation;
  /** Who asks: set once the key was found good, whether or not it may. */
  caller?: Caller;
  /** Its place among the requests in hand. */
  hold?: Hold;
  /** Calls back once the request is over. */
  whenOver?: (done: () => void) => void;
  /** Gives back what a large body holds, where that is more than a moment before the answer. */
  letBodyGo?: () => void;
}

/** Holds what the way in (take-in.ts) promises: no controller is reached without a caller where its operation asks for one. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { policy } = operationOf(this.reflector.get<OperationId>(OPERATION, context.getHandler()));
    const { caller } = context.switchToHttp().getRequest<GuardedRequest>();
    invariant(policy === 'anyone' || (caller !== undefined && policy.roles.includes(caller.role)), 'every request passes the gate');
    return true;
  }
}
