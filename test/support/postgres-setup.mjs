// One Postgres for a run of tests that need one: that of DATABASE_URL, else an embedded one, quick rather than durable.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };

/** Jest's global setup. @returns nothing; the server is kept for the teardown. */
export default async function setUp() {
  if (process.env.DATABASE_URL || process.env.ERIS_TEST_SERVER_URL) return;
  const { startEmbeddedPostgres } = await import('#persistence');
  const dataDir = mkdtempSync(join(tmpdir(), 'eris-test-'));
  const server = await startEmbeddedPostgres({ dataDir, settings: SETTINGS });
  process.env.ERIS_TEST_SERVER_URL = server.url;
  globalThis.erisTestServer = {
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
