import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Cluster } from './cluster.js';
import { EmbeddedPostgresError } from './error.js';
import { endServer, isAlive, processesIn } from './processes.js';

/**
 * Clears away what an earlier run left behind: a server whose owner was killed is ended, a process id that nobody has any more, or that
 * somebody else now has, is forgotten.
 * @throws EmbeddedPostgresError where the owner still runs.
 */
export async function clearLeftover({ folder, ownerFile }: Cluster): Promise<void> {
  const pidFile = path.join(folder, 'postmaster.pid');
  const [postmaster, owner] = [await readPid(pidFile), await readPid(ownerFile)];
  if (postmaster === undefined) return;
  const running = await processesIn(folder);
  if (running.length > 0) {
    const isWhole = running.includes(postmaster); // otherwise helpers of a server that was killed, which are about to end
    if (isWhole && owner !== undefined && isAlive(owner))
      throw new EmbeddedPostgresError(
        `Another Eris (process ${owner}) runs its Postgres in ${folder}. Stop that one, or set ERIS_DATA_DIR to another folder.`,
      );
    const isOver = async (): Promise<boolean> => (await processesIn(folder)).length === 0;
    if (!(await endServer(isWhole ? postmaster : running[0], isOver)))
      throw new EmbeddedPostgresError(
        `A Postgres of an earlier run in ${folder} does not end (processes ${running.join(', ')}). End it by hand.`,
      );
  }
  // Where there is no list of processes to look at, Postgres decides for itself whether the file is stale.
  if (process.platform === 'linux') await rm(pidFile, { force: true });
}

async function readPid(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => ''); // absent: nothing was left
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}
