import { chmod, lstat, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { at } from '#units';
import { type Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './error.js';
import { nameOf, quoted } from './fault.js';
import { exists, giveTree, readIfThere, statIfThere, syncFolder } from './files.js';
import { isReachable, type ServerUser } from './server-user.js';
import { refuseStrangers } from './strangers.js';

/** Who owns the embedded server's database. */
export const SUPERUSER = 'eris';
/** A process's working folder by a path that leads through no other folder. */
const WORKING_FOLDER = '/proc/self/cwd';
/** Beside the data, not apart from them: the two come and go together. */
const PASSWORD_FILE = 'eris.password';
/** All that Postgres allows besides its owner, whom it needs. */
const MODE_BITS = 0o777;
const MODES = [0o700, 0o750];

/** The files of one server. */
export interface Cluster {
  /** Absolute, links resolved. */
  readonly folder: string;
  /** What the server is told as its folder; see `serverPath`. */
  readonly pgData: string;
  readonly password: string;
  readonly logFile: string;
  /** How to give the server a new password, for messages. */
  readonly passwordRemedy: string;
}

/** The paths in a data folder. Versions up to 0.1 kept the password, and who started the server, beside the server's folder. */
export const pathsIn = (root: string) => ({
  folder: path.join(root, 'postgres'),
  draft: path.join(root, 'postgres.new'),
  passwordFile: path.join(root, 'postgres', PASSWORD_FILE),
  formerPasswordFile: path.join(root, 'postgres.password'),
  formerOwnerFile: path.join(root, 'postgres.owner'),
  logFile: path.join(root, 'postgres.log'),
});

/**
 * Whether a data folder has a server's data. A folder that an older version left half-made is completed.
 * @throws EmbeddedPostgresError where there are parts of one, which a new one must not take the place of.
 */
export async function hasCluster(root: string): Promise<boolean> {
  const { folder, draft, formerPasswordFile } = pathsIn(root);
  if (await exists(path.join(folder, 'PG_VERSION'))) return true;
  if (await exists(folder))
    throw new EmbeddedPostgresError(
      `${folder} is there, but holds no database (it has no PG_VERSION): perhaps a copy that was not finished. Copy it again, or remove it to begin with an empty database. Nothing was changed.`,
    );
  if (!(await exists(formerPasswordFile))) return false;
  const data = path.join(draft, 'data');
  if ((await exists(path.join(data, 'PG_VERSION'))) && !(await exists(path.join(draft, 'password')))) {
    await rename(data, folder); // the last step of older versions, which had moved the password already
    await syncFolder(root);
    return true;
  }
  throw new EmbeddedPostgresError(
    `${formerPasswordFile} is there, but its database ${folder} is not. Put that back, or remove the file to begin with an empty database. Nothing was changed.`,
  );
}

/** Reads a data folder's server, whose data are made fit for its user. @throws EmbeddedPostgresError where they cannot be used as they are. */
export async function openCluster(root: string, binaries: Binaries, user: ServerUser): Promise<Cluster> {
  const { folder, logFile } = pathsIn(root);
  await checkFiles(root, user);
  await checkVersion(folder, binaries);
  await suitTo(folder, user);
  const passwordRemedy = await remedyOf(root, binaries, user);
  const password = await readPassword(root, passwordRemedy);
  return { folder, pgData: await serverPath(folder, user), password, logFile, passwordRemedy };
}

/** Root reads the password himself; and what is root's in a folder of root's, as in a copy of his, goes to the server's user with it. */
async function checkFiles(root: string, user: ServerUser): Promise<void> {
  const { folder, passwordFile } = pathsIn(root);
  const { uid: folderUid, gid } = await lstat(folder);
  const uid = process.geteuid?.();
  if (uid === undefined) return; // a system without owners
  const isGiven = user !== undefined && folderUid !== user.uid;
  const isOurs = (file: string, owner: number): boolean =>
    user !== undefined && ((isGiven && owner === folderUid) || file === passwordFile);
  await refuseStrangers(folder, { user: user ?? { uid, gid }, isGiven, isOurs });
}

/** Postgres serves a folder only to its owner, and only where others are kept out. A copy may have lost both. */
async function suitTo(folder: string, user: ServerUser): Promise<void> {
  const { uid, mode } = await stat(folder);
  if (user && uid !== user.uid) await giveTree(folder, user);
  if (!MODES.includes(mode & MODE_BITS)) await chmod(folder, at(MODES, 0));
}

/** Reads the superuser's password, here or where older versions kept it. @throws EmbeddedPostgresError where there is none to be read. */
export async function readPassword(root: string, remedy: string): Promise<string> {
  const { passwordFile, formerPasswordFile } = pathsIn(root);
  const file = (await exists(passwordFile)) ? passwordFile : formerPasswordFile;
  if ((await statIfThere(file))?.isDirectory())
    throw new EmbeddedPostgresError(
      `The password of the embedded Postgres, ${file}, is a folder. Remove that (rm -r ${quoted(file)}). ${remedy} Nothing was changed.`,
    );
  const text = await readIfThere(file);
  const password = text?.trim() ?? '';
  if (/^[\x21-\x7e]+$/.test(password)) return password;
  const state = text === undefined ? 'is missing' : 'is empty or garbled, as after a loss of power';
  throw new EmbeddedPostgresError(`The password of the embedded Postgres, ${file}, ${state}. ${remedy} Nothing was changed.`);
}

/**
 * What gives the server a new password, as one command for whoever reads it: us, where we are not root; root, who enters the folder himself and
 * runs Postgres there as its user, whom the folders above may keep out.
 */
async function remedyOf(root: string, { postgres }: Binaries, user: ServerUser): Promise<string> {
  const { folder, passwordFile } = pathsIn(root);
  const name = path.basename(passwordFile);
  const isLinux = process.platform === 'linux';
  const make = [`cd ${quoted(folder)}`, 'umask 077', `head -c 24 /dev/urandom | base64 > ${name}`];
  const give = user === undefined ? [] : [`chown ${user.uid}:${user.gid} ${name}`];
  const as =
    user === undefined ? '' : isLinux ? `setpriv --reuid=${user.uid} --regid=${user.gid} --clear-groups ` : `sudo -u '#${user.uid}' `;
  const server = `${as}${quoted(postgres)} --single -D ${isLinux ? WORKING_FOLDER : '.'} postgres`;
  const tell = `echo "ALTER ROLE ${SUPERUSER} PASSWORD '$(cat ${name})'" | ${server}`;
  const who = await nameOf(process.geteuid?.() ?? 0);
  return `Put it back from a copy; or make a new one, as ${who}: (${[...make, ...give, tell].join(' && ')}).`;
}

/** Where the server's user cannot enter all folders on the way, the server is started in its folder and told so. */
export async function serverPath(folder: string, user: ServerUser): Promise<string> {
  if (user === undefined || (await isReachable(folder, user))) return folder;
  if (process.platform === 'linux') return WORKING_FOLDER;
  throw new EmbeddedPostgresError(
    `${await nameOf(user.uid)}, whom Postgres runs as, cannot enter ${folder}. Set ERIS_DATA_DIR to a folder that everybody can enter, or DATABASE_URL.`,
  );
}

async function checkVersion(folder: string, { major }: Binaries): Promise<void> {
  const file = path.join(folder, 'PG_VERSION');
  const found = (await readFile(file, 'utf8')).trim();
  if (found === major) return;
  throw new EmbeddedPostgresError(
    /^\d+(\.\d+)?$/.test(found)
      ? `The data in ${folder} are of PostgreSQL ${found}; this Eris brings ${major}. Dump them with ${found} and restore them, or set ERIS_DATA_DIR to another folder.`
      : `${file} is empty or garbled, as after a loss of power: the data beside it may be damaged too. Restore the folder from a backup; where you have none, write ${major} into that file and see with \`eris verify\` what is left.`,
  );
}

/** Removes what a start that was cut short left of a new server. Only for whoever has the folder. */
export const removeDraft = (root: string): Promise<void> => rm(pathsIn(root).draft, { recursive: true, force: true });
