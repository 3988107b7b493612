import type { Pool } from 'pg';

/** What every bid, decision, transfer and entry of a log is written to. */
const TABLES = ['bid', 'undecided_bid', 'decision', 'transfer', 'event', 'slot_usage', 'market_lease'] as const;

/**
 * Lets every write to the market's tables fail as it does where the disk is full: same SQLSTATE, same words. What differs from a disk that
 * is full is that Postgres's own log still has room.
 */
export async function fillDisk(pool: Pool): Promise<void> {
  await pool.query(`
    CREATE OR REPLACE FUNCTION chaos_disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'could not extend file "base/1/1": No space left on device' USING ERRCODE = '53100', HINT = 'Check free disk space.';
    END $$`);
  for (const table of TABLES)
    await pool.query(
      `CREATE TRIGGER chaos_disk_full BEFORE INSERT OR UPDATE OR DELETE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION chaos_disk_full()`,
    );
}

/** One table a statement: who takes several tables from those that are using them may wait for one that waits for it. */
export async function freeDisk(pool: Pool): Promise<void> {
  for (const table of TABLES) await pool.query(`DROP TRIGGER chaos_disk_full ON ${table}`);
  await pool.query('DROP FUNCTION chaos_disk_full');
}

/** Lets every new transaction be read-only, as on a server that has become a standby. Sessions that run notice at once. */
export async function setReadOnly(pool: Pool, isReadOnly: boolean): Promise<void> {
  await pool.query(isReadOnly ? 'ALTER SYSTEM SET default_transaction_read_only = on' : 'ALTER SYSTEM RESET default_transaction_read_only');
  await pool.query('SELECT pg_reload_conf()');
}
