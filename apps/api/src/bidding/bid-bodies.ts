import { type BidBodyWire, type BidForms, bidFormsOf, faultsOf, type Operation, type OperationId, operationOf } from '#contracts';
import type { BidBody, Kinds } from '#kinds';
import type { AllocationRecord } from '#market';
import { invariant } from '#units';
import { ProblemError } from '../http/problem-error.js';

/** Bids and plans on the wire, by the kinds of jobs that the program was given. */
export class BidBodies {
  readonly forms: BidForms;

  constructor(private readonly kinds: Kinds) {
    this.forms = bidFormsOf(kinds.wires);
  }

  /** An operation with what its bids and allocations hold. */
  operation(id: OperationId): Operation {
    return this.forms.complete(operationOf(id));
  }

  /** A body that was taken as it came. @throws ProblemError for one that is no bid. */
  read(given: BidBodyWire): BidBody {
    if (this.forms.body.isPlain(given)) return given;
    const parsed = this.forms.body.safeParse(given);
    if (!parsed.success) throw new ProblemError('invalid_body', { errors: faultsOf(parsed.error) });
    return parsed.data;
  }

  /** The fields that tell the plan of an allocation; those of the first kind say nothing of their kind. */
  planTold({ kind: name, plan: written }: Pick<AllocationRecord, 'kind' | 'plan'>, siteIdOf: (ordinal: number) => string): object {
    const kind = this.kinds.named(name);
    const plan = kind?.plan.read(written);
    invariant(kind !== undefined && plan !== undefined, `a plan of the kind ${name} was stored by a program that knows it`);
    return { ...(name === this.kinds.names[0] ? {} : { kind: name }), ...kind.wire.tell(plan, siteIdOf) };
  }
}
