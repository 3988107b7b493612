import type { Pool, PoolClient } from 'pg';

/**
 * Runs `work` in one transaction on a connection of its own: commits what it returns, rolls back what it throws.
 * A connection that fails is closed, never put back. With `idleMs` the server ends the session, and with it the transaction and its
 * locks, when the process goes silent for so long (a stopped process must not hold a market).
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>, idleMs?: number): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError); // a session ended by the server while nothing is asked of it
  try {
    await client.query(beginText(idleMs));
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (cause) {
    broken ??= await rollback(client);
    throw cause;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

function beginText(idleMs?: number): string {
  if (idleMs === undefined) return 'BEGIN';
  return `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(idleMs)}`;
}

/** @returns the error where the connection can no longer be used. */
async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause : new Error('rollback failed', { cause });
  }
}
