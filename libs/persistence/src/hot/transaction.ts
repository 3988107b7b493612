import type { Pool, PoolClient } from 'pg';

/** So many within the time after which a session counts as dead. */
const SIGNS_OF_LIFE = 4;

/**
 * Runs `work` in one transaction on a connection of its own: commits what it returns, rolls back what it throws.
 * A connection that fails is closed, never put back. With `idleMs` the server ends the session, and with it the transaction and its
 * locks, when the process goes silent for so long (a stopped process must not hold a market); while `work` does something else, a statement now
 * and then shows that the process is alive.
 */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>, idleMs?: number): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError); // a session ended by the server while nothing is asked of it
  try {
    await client.query(beginText(idleMs));
    const result = await (idleMs === undefined ? work(client) : whileAlive(client, idleMs, () => work(client)));
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

/** A sign of life that fails is no news: so does the statement that follows. */
async function whileAlive<T>(client: PoolClient, idleMs: number, work: () => Promise<T>): Promise<T> {
  let isAsking = false;
  const show = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    await client.query('SELECT').catch(() => undefined);
    isAsking = false;
  };
  const timer = setInterval(() => void show(), idleMs / SIGNS_OF_LIFE);
  try {
    return await work();
  } finally {
    clearInterval(timer);
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
