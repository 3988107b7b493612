import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './error.js';
import { nameOf, remedyFor } from './fault.js';
import { type Owner, statIfThere } from './files.js';

/** Whom the server runs as where we are root: Postgres refuses to. Undefined: as ourselves. */
export type ServerUser = Owner | undefined;

/** Users without rights of their own, the best first. */
const CANDIDATES = ['postgres', 'nobody'];
const OTHERS_MAY_ENTER = 0o001;
const OWNER_MAY_ENTER = 0o100;

/** Whom the data folder, and the server's folder in it, belong to or will. */
export interface Owners {
  /** Of the data folder, where we are root and it is not root's; undefined: us. */
  readonly folder: Owner | undefined;
  readonly server: ServerUser;
}

/**
 * Finds whom to run the server as: whoever its data belong to. Where we are root that can be anybody; root's own data (a copy that root
 * made) go to a user without rights. Looks only; changes nothing.
 * @throws EmbeddedPostgresError where we are not root and the data are another user's, or root's and there is nobody to give them to.
 */
export async function findOwners(dataDir: string): Promise<Owners> {
  const [folder, data] = [await statIfThere(dataDir), await statIfThere(path.join(dataDir, 'postgres'))];
  const us = process.geteuid?.();
  if (us === undefined) return { folder: undefined, server: undefined };
  if (us !== 0) {
    if (data && data.uid !== us) await refuse(dataDir, Number(data.uid));
    return { folder: undefined, server: undefined };
  }
  const owner = [data, folder].find((found) => found !== undefined && found.uid !== 0);
  return {
    folder: folder && folder.uid !== 0 ? ownerIn(folder) : undefined,
    server: owner ? ownerIn(owner) : await findUnprivileged(),
  };
}

const ownerIn = ({ uid, gid }: { uid: number | bigint; gid: number | bigint }): Owner => ({ uid: Number(uid), gid: Number(gid) });

async function refuse(dataDir: string, uid: number): Promise<never> {
  const [owner, us] = [await nameOf(uid), await nameOf(process.geteuid?.() ?? 0)];
  throw new EmbeddedPostgresError(
    `${path.join(dataDir, 'postgres')} belongs to ${owner}, and this process runs as ${us}: Postgres serves only data of its own user. ${remedyFor(dataDir, owner)} Nothing was changed.`,
  );
}

async function findUnprivileged(): Promise<Owner> {
  const users = new Map((await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => [line.split(':')[0], line.split(':')]));
  for (const name of CANDIDATES) {
    const fields = users.get(name);
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new EmbeddedPostgresError(
    `Postgres does not run as root, and there is no user ${CANDIDATES.join(' or ')} to run it as. Add one, start Eris as another user, or set DATABASE_URL.`,
  );
}

/** Whether a user may enter every folder above a path, as its owner or as anybody. Under /root, for one, he may not. */
export async function isReachable(target: string, user: Owner): Promise<boolean> {
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    const { mode, uid } = await stat(folder);
    if ((mode & (uid === user.uid ? OWNER_MAY_ENTER : OTHERS_MAY_ENTER)) === 0) return false;
    if (path.dirname(folder) === folder) return true;
  }
}
