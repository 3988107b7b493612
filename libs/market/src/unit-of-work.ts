/**
 * Where a room's reads and writes run. `Tx` is what the work may do; there is no other way to the database,
 * so nothing can escape the transaction it was given.
 */
export interface UnitOfWork<Tx> {
  /** One transaction: commits what the work returns, rolls back what it throws. The work may run again after a deadlock. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Reads, each statement a snapshot of its own. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
