import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'admin-key';

/** The operator's first key: the configured one, else the one kept in the data folder, which is made where there is none. */
export async function adminKeyOf({
  adminKey,
  dataDir,
}: {
  readonly adminKey: string | undefined;
  readonly dataDir: string;
}): Promise<string> {
  if (adminKey !== undefined) return adminKey;
  const file = join(dataDir, FILE);
  const kept = await readKept(file);
  if (kept) return kept;
  const made = `eris_o_${randomBytes(32).toString('base64url')}`;
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}

async function readKept(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw cause;
  }
}
