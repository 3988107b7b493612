import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './error.js';
import { nameOf, quoted } from './fault.js';
import type { Owner } from './files.js';

const OWNER_READS = 0o400;
const OWNER_WRITES = 0o200;
const OWNER_ALL = 0o700;
const GROUP_READS = 0o040;
const OTHERS_READ = 0o004;

/** A file that the server's user cannot use as Postgres does, and why. */
interface Fault {
  readonly file: string;
  /** Whose it is, where it is not the server's. */
  readonly owner?: Owner;
}

/**
 * Looks whether every file of a server's data is its user's, and lets him in: a single one of another user (restored by root, for one) ends Postgres
 * somewhere in the middle of its work. Changes nothing.
 * @param user whom the server runs as.
 * @param isGiven whether the folder is to be given to the user: then what another user's files in it say is that it was taken from him.
 * @param isOurs tells files that may belong to somebody else for now: they are given to the user before the server starts, or only we read them.
 * @throws EmbeddedPostgresError naming the first such file and the command that mends it.
 */
export async function refuseStrangers(folder: string, { isGiven, ...search }: Expected & { readonly isGiven: boolean }): Promise<void> {
  const fault = await findIn(folder, { folder, ...search });
  if (fault === undefined) return;
  const { file, owner } = fault;
  const { user } = search;
  const keeper = isGiven && owner ? owner : user;
  const sudo = process.geteuid?.() === 0 ? '' : 'sudo ';
  const who = await nameOf(user.uid);
  const [state, remedy] =
    owner === undefined
      ? [`does not let its owner, ${who}, read and write it`, `chmod -R u+rwX ${quoted(folder)}`]
      : [
          `belongs to ${await nameOf(owner.uid)}, and Postgres runs as ${who}`,
          `${sudo}chown -R ${keeper.uid}:${keeper.gid} ${quoted(folder)}`,
        ];
  throw new EmbeddedPostgresError(`${file} ${state}. Mend the folder with \`${remedy}\`. Nothing was changed.`);
}

interface Expected {
  readonly user: Owner;
  readonly isOurs: (file: string, uid: number) => boolean;
}

interface Search extends Expected {
  readonly folder: string;
}

async function findIn(at: string, search: Search): Promise<Fault | undefined> {
  const found = await lstatIfThere(at);
  if (found === undefined || found.isSymbolicLink()) return undefined; // where a link leads is its own folder's matter
  const own = at === search.folder ? undefined : faultOf(at, found, search);
  if (own) return own;
  if (!found.isDirectory()) return undefined;
  const names = await readdir(at);
  const faults = await Promise.all(names.map((name) => findIn(path.join(at, name), search)));
  return faults.find((fault) => fault !== undefined);
}

function faultOf(file: string, found: Stats, { folder, user, isOurs }: Search): Fault | undefined {
  const isAbove = path.dirname(file) === folder;
  if (found.uid !== user.uid)
    return isOurs(file, found.uid) || (isAbove && isSettings(file, found) && isReadableFor(user, found))
      ? undefined
      : { file, owner: { uid: found.uid, gid: found.gid } };
  const needed = found.isDirectory() ? OWNER_ALL : isAbove ? OWNER_READS : OWNER_READS | OWNER_WRITES;
  return (found.mode & needed) === needed ? undefined : { file };
}

/** What people put beside the data for Postgres to read only: settings, certificates and their keys. */
const isSettings = (file: string, found: Stats): boolean => found.isFile() && /\.(?:conf|crt|key|pem)$/.test(file);

const isReadableFor = ({ gid }: Owner, found: Stats): boolean =>
  (found.mode & OTHERS_READ) !== 0 || (found.gid === gid && (found.mode & GROUP_READS) !== 0);

/** A file may go while we look: nobody serves the folder, but its owner may be tidying it. */
async function lstatIfThere(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
