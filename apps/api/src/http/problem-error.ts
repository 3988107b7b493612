import type { Fault, ProblemCode, ProblemDetails } from '#contracts';

/** Ends a request with a problem. Only within apps/api: use cases return outcomes. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(details.detail ?? code);
  }
}

/** Ends a request whose body has faults. */
export function faultsProblem({ faults }: { readonly faults: readonly Fault[] }): never {
  throw new ProblemError('invalid_body', { errors: faults });
}
