import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { EmbeddedPostgresError } from './error.js';

/** Whom the server runs as where we are root: Postgres refuses to. Undefined: as ourselves. */
export type ServerUser = Readonly<{ name: string; uid: number; gid: number }> | undefined;

/** Users without rights of their own, the best first. */
const CANDIDATES = ['postgres', 'nobody'];
const OTHERS_MAY_ENTER = 0o001;

/** Finds the user to run as. @throws EmbeddedPostgresError where we are root and there is nobody else. */
export async function findServerUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  const users = new Map((await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => [line.split(':')[0], line.split(':')]));
  for (const name of CANDIDATES) {
    const fields = users.get(name);
    if (fields) return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new EmbeddedPostgresError(
    `Postgres does not run as root, and there is no user ${CANDIDATES.join(' or ')} to run it as. Add one, start Eris as another user, or set DATABASE_URL.`,
  );
}

/** Whether every folder above a path may be entered by anybody. Under /root, for one, it may not. */
export async function isReachable(target: string): Promise<boolean> {
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    if (((await stat(folder)).mode & OTHERS_MAY_ENTER) === 0) return false;
    if (path.dirname(folder) === folder) return true;
  }
}
