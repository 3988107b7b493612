/**
 * Whether a lease binds nobody any more, by the database's clock: it has run out; or it ends later than a new one would, and is from before that clock was
 * set back: otherwise a dead worker would hold a market for as long as the jump. One that was given back (-infinity) has run out.
 * @param until the lease's end. @param leaseMs how long a lease lasts, as SQL.
 */
export const leaseIsOver = (until: string, leaseMs: string): string =>
  `(${until} <= clock_timestamp() OR (${until} > ${leaseEnd(leaseMs)} AND isfinite(${until})))`;

/** When a lease that is taken or renewed now ends. */
export const leaseEnd = (leaseMs: string): string => `clock_timestamp() + ${leaseMs}::float8 * interval '1 ms'`;
