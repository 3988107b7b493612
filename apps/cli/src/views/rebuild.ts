import { standardKinds } from '#kinds';
import { KeepSnapshots, KeepViews } from '#market';
import { checkDatabase, createHistoryStore, createPool, createViewStore, unfitOf } from '#persistence';
import { onNamedDatabase } from '../running/named-database.js';
import { BadInput, type HostTerminal } from '../terminal.js';

/** What is made anew, and where. */
export interface RebuildSettings {
  /** All markets where nothing is said. */
  readonly marketId: bigint | undefined;
  readonly databaseUrl: string | undefined;
}

/** Longer than any log takes, ms. */
const ALL_THE_TIME_MS = Number.MAX_SAFE_INTEGER;

/** Forgets what is kept behind the logs and makes it again. @throws BadInput where there is no such market. */
export function rebuildViews(terminal: HostTerminal, { marketId, databaseUrl }: RebuildSettings): Promise<void> {
  return onNamedDatabase(terminal, databaseUrl, (url) => rebuildIn(terminal, url, marketId));
}

async function rebuildIn(terminal: HostTerminal, databaseUrl: string, marketId: bigint | undefined): Promise<void> {
  await checkDatabase(databaseUrl);
  const pool = createPool(databaseUrl, { max: 2 });
  try {
    const [history, views] = [createHistoryStore(pool), createViewStore(pool)];
    if (marketId !== undefined && !(await history.findBase(marketId)))
      throw new BadInput([`--market: there is no market ${marketId} in that database`]);
    await history.forget(marketId);
    await views.forget(marketId);
    const { clock } = terminal;
    const decisions = await new KeepViews(views, clock).run(ALL_THE_TIME_MS);
    const entries = await new KeepSnapshots(history, standardKinds(), clock).run(ALL_THE_TIME_MS);
    terminal.out(`taken in anew: ${decisions} decisions, ${entries} entries of logs that change what is sold\n`);
  } catch (cause) {
    throw unfitOf(cause, databaseUrl);
  } finally {
    await pool.end();
  }
}
