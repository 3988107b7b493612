import { operationOf, type OperationId } from '#contracts';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Gate } from './gate.js';
import type { Caller } from './keyring.js';
import { OPERATION } from './serves.js';

/** A request that has passed the guard. */
export interface GuardedRequest extends FastifyRequest {
  caller?: Caller;
}

/** The gate before every controller. */
@Injectable()
export class PolicyGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly gate: Gate,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operation = operationOf(this.reflector.get<OperationId>(OPERATION, context.getHandler()));
    const http = context.switchToHttp();
    const request = http.getRequest<GuardedRequest>();
    const caller = await this.gate.pass(operation, request, http.getResponse<FastifyReply>());
    if (caller) request.caller = caller;
    return true;
  }
}
