import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** An answer whose status or headers differ from the operation's first response. */
export class Reply<Body> {
  constructor(
    readonly body: Body,
    readonly status?: number,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}

/** Writes a Reply's status and headers, and passes its body on. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((answer: unknown) => (answer instanceof Reply ? write(context, answer) : answer)));
  }
}

function write(context: ExecutionContext, { body, status, headers }: Reply<unknown>): unknown {
  const reply = context.switchToHttp().getResponse<FastifyReply>();
  if (status !== undefined) reply.status(status);
  reply.headers(headers);
  return body;
}
