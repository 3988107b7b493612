import { operationOf, type OperationId } from '#contracts';
import type { InTurn } from '#market';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { GuardedRequest } from './auth-guard.js';
import { OPERATION } from './serves.js';
import { partyOf } from './turns.js';

/** Turns at the database. */
export interface DatabaseTurns {
  /** For short statements: reads, and what moves clocks. */
  readonly reads: InTurn;
  /** For transactions. */
  readonly writes: InTurn;
}

/**
 * What takes its turns itself: prices and quotes do more than read; a clock waits for decisions, and must not hold a place meanwhile; streams have a
 * quota, and are read for by one statement for many.
 */
const BY_ITSELF: ReadonlySet<OperationId> = new Set(['readPrices', 'readBook', 'quoteBid', 'advanceClock', 'streamEvents']);

/** Every operation of a controller that asks for a key waits for its caller's turn before it does anything. */
export class TurnInterceptor implements NestInterceptor {
  constructor(private readonly turns: DatabaseTurns) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const id = Reflect.getMetadata(OPERATION, context.getHandler()) as OperationId;
    const { caller, raw } = context.switchToHttp().getRequest<GuardedRequest>();
    if (!caller || BY_ITSELF.has(id)) return next.handle();
    const inTurn = operationOf(id).method === 'GET' ? this.turns.reads : this.turns.writes;
    return from(
      inTurn(
        partyOf(caller, () => raw.socket.destroyed),
        () => lastValueFrom(next.handle()),
      ),
    );
  }
}
