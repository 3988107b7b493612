import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { BadInput } from '../terminal.js';

/** Where the API is and with which key. */
export interface Profile {
  readonly url: string;
  readonly key?: string;
  /** The market that is meant where none is named. */
  readonly market?: string;
}

/** Where things of a user are kept. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Only its owner may read it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** Where `eris start` serves. */
export const USUAL_URL = 'http://127.0.0.1:3000';

/** The file of credentials: under XDG_CONFIG_HOME, else ~/.config. */
export const profileFile = ({ XDG_CONFIG_HOME, HOME }: Environment): string =>
  join(XDG_CONFIG_HOME?.startsWith('/') ? XDG_CONFIG_HOME : join(HOME ?? homedir(), '.config'), 'eris', 'credentials.json');

/** What was kept by `login`; undefined where nothing was. @throws BadInput where the file cannot be read, or holds something else. */
export async function readProfile(file: string): Promise<Profile | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BadInput([`${file}: cannot be read: ${(cause as Error).message}`]);
  }
  const profile = parsedProfile(text);
  if (!profile) throw new BadInput([`${file}: is no file of credentials: eris logout removes it, eris login writes it anew`]);
  return profile;
}

function parsedProfile(text: string): Profile | undefined {
  try {
    const { url, key, market } = JSON.parse(text) as Partial<Record<keyof Profile, unknown>>;
    if (typeof url !== 'string' || (key !== undefined && typeof key !== 'string')) return undefined;
    return { url, ...(key !== undefined && { key }), ...(typeof market === 'string' && { market }) };
  } catch {
    return undefined; // no JSON: whoever reads it is told that it is none
  }
}

/** Whole or not at all, and readable by its owner only from the first byte on. */
export async function writeProfile(file: string, profile: Profile): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
  const draft = `${file}.${process.pid}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, `${JSON.stringify(profile, undefined, 2)}\n`, { mode: FILE_MODE, flag: 'wx', flush: true });
  await rename(draft, file);
}

/** @returns whether there was one. */
export async function removeProfile(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cause;
  }
}

/** An address as it is kept: without what a base has no use for. @throws BadInput for what is none. */
export function urlOf(text: string, from: string): string {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new BadInput([`${from}: ${text} is no address such as ${USUAL_URL}`]);
  if (url.username !== '' || url.password !== '') throw new BadInput([`${from}: keys do not go into the address: eris login asks for one`]);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
