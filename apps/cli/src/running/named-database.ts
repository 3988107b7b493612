import { loadConfig } from '#config';
import { findEmbeddedPostgres } from '#persistence';
import type { HostTerminal } from '../terminal.js';
import { unlessAborted } from './abort.js';
import { isPostgresVariable } from './databases.js';
import { runUntilSignal } from './run.js';

/** Works on the database that is named, else that of the environment, else the embedded one, which is started for that where it does not run. */
export async function onNamedDatabase(
  terminal: HostTerminal,
  named: string | undefined,
  work: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  const databaseUrl = named ?? loadConfig(terminal.env).databaseUrl;
  if (databaseUrl !== undefined) return work(databaseUrl);
  await runUntilSignal(terminal, async ({ config, closing, signal }) => {
    terminal.forgetVariables(isPostgresVariable);
    const found = await findEmbeddedPostgres(config.dataDir, signal);
    await closing.add('the embedded PostgreSQL', () => found.stop());
    await unlessAborted(work(found.url), signal);
  });
}
