import { type AnswerOf, LIMITS, type OperationId } from '#contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RequestAuthorizer } from '../http/request-authorizer.js';
import { inputOf, type Input } from '../http/input.js';
import type { GuardedRequest } from '../http/auth-guard.js';
import type { Reply } from '../http/reply.js';
import { routeOf } from '../http/serves.js';
import { at, invariant } from '#units';
import type { BidBodies } from './bid-bodies.js';
import type { ChangeAllocation } from './change-allocation.js';
import type { PlaceBids } from './place-bids.js';

type Placing = 'placeBid' | 'placeBids' | 'changeAllocation';

/** The operations that are served here instead of by a controller. */
export const RAW_ROUTE_OPERATIONS: readonly OperationId[] = ['placeBid', 'placeBids', 'changeAllocation'] satisfies Placing[];

/**
 * The way by which bids come in: the same way in, input and problems as a controller has, on routes of the server itself. Under load most
 * requests are bids, and the framework's chain of guard, pipe, interceptor and observable cost a quarter of each.
 */
export class BidRoutes {
  constructor(
    private readonly gate: RequestAuthorizer,
    private readonly ways: { readonly placeBids: PlaceBids; readonly changeAllocation: ChangeAllocation },
    private readonly bodies: Pick<BidBodies, 'operation'>,
  ) {}

  open(server: FastifyInstance): void {
    const { placeBids, changeAllocation } = this.ways;
    this.serve(server, 'placeBid', (input) => placeBids.one(input));
    this.serve(server, 'placeBids', (input) => placeBids.many(input));
    this.serve(server, 'changeAllocation', (input) => changeAllocation.run(input));
  }

  private serve<Id extends Placing>(server: FastifyInstance, id: Id, place: (input: Input<Id>) => Promise<Reply<AnswerOf<Id>>>): void {
    const operation = this.bodies.operation(id);
    const status = at(Object.keys(operation.responses).map(Number), 0);
    server.post(routeOf(operation), async (request: GuardedRequest, reply: FastifyReply) => {
      const { caller, body } = request;
      invariant(caller !== undefined, 'every request passes the gate');
      const further = bidsOf(body) - 1;
      if (further > 0) await this.gate.charge(caller, further);
      const answer = await place(inputOf(operation, request) as Input<Id>);
      return reply
        .status(answer.status ?? status)
        .headers(answer.headers)
        .send(answer.body);
    });
  }
}

/** How many bids a body brings; it is not checked yet. */
function bidsOf(body: unknown): number {
  const bids: unknown = typeof body === 'object' && body !== null && 'bids' in body ? body.bids : undefined;
  return Array.isArray(bids) ? Math.min(Math.max(1, bids.length), LIMITS.bulkBids) : 1;
}
