import { isProblemCode, type ProblemCode } from '#contracts';
import { ProblemError } from './problem-error.js';

interface Outcome {
  readonly kind: string;
}

/** A view for every kind of outcome that is not a problem; an outcome that is neither doesn't compile. */
type Views<O extends Outcome, View> = { readonly [Kind in Exclude<O['kind'], ProblemCode>]: (outcome: Extract<O, { kind: Kind }>) => View };

/**
 * Turns an outcome into the answer's body.
 * @throws ProblemError with the outcome's kind as its code, where the kind is in the table of problems.
 */
export async function answer<O extends Outcome, View>(pending: Promise<O>, views: Views<O, View>): Promise<View> {
  const outcome = await pending;
  if (isProblemCode(outcome.kind)) throw problemOfOutcome(outcome);
  const view = views[outcome.kind as keyof Views<O, View>] as (outcome: O) => View;
  return view(outcome);
}

/** What outcomes carry beside their kind, where they carry it. */
interface Carried {
  readonly detail?: string;
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
  readonly retryAfterMs?: number;
}

/** The problem that tells an outcome which is none of the answers of its operation. */
export function problemOfOutcome(outcome: Outcome): ProblemError {
  const { detail, faults, retryAfterMs } = outcome as Outcome & Carried;
  const headers: Record<string, string> = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  return new ProblemError(
    outcome.kind as ProblemCode,
    { ...(detail === undefined ? {} : { detail }), ...(faults === undefined ? {} : { errors: faults }) },
    headers,
  );
}
