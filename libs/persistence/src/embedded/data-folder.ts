import { lchown, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCluster, pathsIn, readPassword } from './cluster.js';
import { EmbeddedPostgresError } from './error.js';
import { explained } from './fault.js';
import { exists, makeFolder, openOwned } from './files.js';
import { FolderInUse } from './lock.js';
import { urlOf } from './server.js';
import { startEmbeddedPostgres } from './start.js';

/**
 * Makes a folder of the data folder, and the data folder itself, where it is not there.
 * @throws EmbeddedPostgresError saying what to do where that cannot be.
 */
export async function makeDataFolder(dataDir: string, name = ''): Promise<string> {
  const folder = path.join(dataDir, name);
  try {
    await makeFolder(dataDir);
    if (name !== '' && !(await exists(folder))) {
      await makeFolder(folder);
      await giveToOwnerOf(dataDir, folder);
    }
    return folder;
  } catch (cause) {
    throw await explained(cause, dataDir);
  }
}

/** Makes a file that is appended to where it is not there, for the data folder's owner. @throws EmbeddedPostgresError where that cannot be. */
export async function makeDataFile(dataDir: string, file: string): Promise<void> {
  try {
    await (await openOwned(file, undefined)).close();
    await giveToOwnerOf(dataDir, file);
  } catch (cause) {
    throw await explained(cause, dataDir);
  }
}

/** What root makes in another user's folder is that user's: otherwise he could not use his folder any more. */
export async function giveToOwnerOf(folder: string, file: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(folder);
  if (uid !== 0) await lchown(file, uid, gid);
}

/** A server that is there to be asked, and the end of that. */
export interface FoundPostgres {
  readonly url: string;
  /** Ends the server where it was started only for this. */
  stop(): Promise<void>;
}

/**
 * Finds the embedded server of a data folder: the one that an Eris of this machine runs, else one that is started for now.
 * @throws EmbeddedPostgresError where the folder has no database, or it is in use where this process cannot reach it.
 */
export async function findEmbeddedPostgres(dataDir: string, signal?: AbortSignal): Promise<FoundPostgres> {
  try {
    if (!(await exists(pathsIn(path.resolve(dataDir)).folder)))
      throw new EmbeddedPostgresError(
        `There is no database in ${path.resolve(dataDir)} (ERIS_DATA_DIR), and DATABASE_URL is not set: which database?`,
      );
    const server = await startEmbeddedPostgres({ dataDir, signal });
    return { url: server.url, stop: () => server.stop() };
  } catch (cause) {
    if (cause instanceof FolderInUse && cause.port !== undefined) return await running(await realpath(dataDir), cause.port);
    throw await explained(cause, dataDir);
  }
}

async function running(root: string, port: number): Promise<FoundPostgres> {
  await hasCluster(root);
  return { url: urlOf({ password: await readPassword(root, '') }, port), stop: () => Promise.resolve() };
}
