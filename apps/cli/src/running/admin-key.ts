import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnsureAdminKey, makeAdminKey } from '#market';
import { createBase, createTenancyWork, giveToOwnerOf, makeDataFolder, unfitOf } from '#persistence';

const FILE = 'admin-key';

/** The operator's key as far as it is known here, and how to come by it. */
export interface AdminKey {
  /** undefined where the database has one that nobody here has kept. */
  readonly text: string | undefined;
  /** For people. Holds the key itself only where it was made just now. */
  readonly note: string;
}

/** Where the administrator's key is kept. */
export interface AdminKeySite {
  /** ERIS_ADMIN_KEY. */
  readonly configured: string | undefined;
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** Whether the database lies in the data folder: then whoever has the folder may have a new key. */
  readonly isEmbedded: boolean;
}

/**
 * The admin key: the configured one, which the API sees to, else the one that is kept in the data folder. One is made, and kept there, where the
 * database has none, or where the folder is the database's and what it keeps is no longer valid. One that was configured before stays: a start
 * that lacks the variable for once does not end it.
 */
export async function adminKeyOf({ configured, dataDir, databaseUrl, isEmbedded }: AdminKeySite): Promise<AdminKey> {
  if (configured !== undefined) return { text: configured, note: 'the one in ERIS_ADMIN_KEY' };
  const base = createBase(databaseUrl);
  try {
    return await keptOrMade(new EnsureAdminKey(createTenancyWork(base), randomBytes), join(dataDir, FILE), isEmbedded);
  } catch (cause) {
    throw unfitOf(cause, databaseUrl);
  } finally {
    await base.close();
  }
}

async function keptOrMade(ensure: EnsureAdminKey, file: string, isEmbedded: boolean): Promise<AdminKey> {
  const kept = await readKept(file);
  if (kept !== undefined && (await ensure.offer(kept)).kind !== 'other') return { text: kept, note: `in ${file}` };
  if (await ensure.isConfigured())
    return { text: undefined, note: 'the one that ERIS_ADMIN_KEY had before; set it to a new one to replace that' };
  const made = makeAdminKey(randomBytes);
  const shown = { text: made, note: `${made}  (shown this once; kept in ${file})` };
  if (isEmbedded) {
    await keep(file, made);
    await ensure.replace(made);
    return shown;
  }
  if (kept === undefined) {
    // First the file: a key that is stored and not kept would be lost.
    if (!(await keepFirst(file, made))) return keptOrMade(ensure, file, isEmbedded);
    if ((await ensure.offer(made)).kind !== 'other') return shown;
    await rm(file);
  }
  return { text: undefined, note: 'the one this database has had before; set ERIS_ADMIN_KEY to replace it' };
}

/** @throws Error naming the file where it can't be read, or holds something else. */
async function readKept(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw new Error(`the admin key in ${file} cannot be read (${cause.code}): make it readable for this user, or set ERIS_ADMIN_KEY`, {
      cause,
    });
  });
  return text.trim() === '' ? undefined : text.trim();
}

/** Whole or not at all, and readable by its owner only. */
async function keep(file: string, key: string): Promise<void> {
  await rename(await drafted(file, key), file);
}

/** The same where there is no such file. @returns whether there was none. */
async function keepFirst(file: string, key: string): Promise<boolean> {
  const draft = await drafted(file, key);
  try {
    await link(draft, file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    await rm(draft);
  }
}

async function drafted(file: string, key: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  await makeDataFolder(dirname(file));
  await writeFile(draft, `${key}\n`, { mode: 0o600, flush: true });
  await giveToOwnerOf(dirname(file), draft);
  return draft;
}
