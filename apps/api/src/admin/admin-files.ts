import { hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file of the dashboard's build, as it is sent. */
export interface AdminFile {
  readonly bytes: Buffer;
  /** Undefined where it would be no shorter. */
  readonly gzipped: Buffer | undefined;
  readonly type: string;
  /** Of the content. */
  readonly etag: string;
  /** Whether its name has a hash of its content in it, so that it never changes. */
  readonly isImmutable: boolean;
}

/** A build by the names of its files, with `/` between folders. */
export type AdminBuild = ReadonlyMap<string, AdminFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
/** The file that every address of the dashboard begins with. */
export const INDEX = 'index.html';
/** Where the build puts files whose names have a hash of what is in them. */
const HASHED = /^assets\//;
/** Shorter files are not worth compressing, bytes. */
const COMPRESSED_FROM = 1_024;
/** Kinds of files that are compressed already. */
const DENSE: ReadonlySet<string> = new Set(['.png', '.ico', '.woff2']);

/** What the system says of a file that is not there. */
const NOT_THERE: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR']);

const compress = promisify(gzip);

/**
 * The dashboard's build in memory: read when it is first asked for, and again when it was built anew (its index has another time). Names are looked up
 * among those of the folder, so that no address leads out of it.
 */
export class AdminFiles {
  private builtMs: number | undefined;
  private build: Promise<AdminBuild> | undefined;

  constructor(private readonly folder: string) {}

  /** @returns undefined where nothing is built there. */
  async read(): Promise<AdminBuild | undefined> {
    const builtMs = await this.indexMs();
    if (builtMs === undefined) return undefined;
    if (!this.build || builtMs !== this.builtMs) {
      this.builtMs = builtMs;
      this.build = readBuild(this.folder);
      this.build.catch(() => (this.build = undefined)); // whoever asked is told; the next one reads again
    }
    return this.build;
  }

  private async indexMs(): Promise<number | undefined> {
    try {
      return (await stat(path.join(this.folder, INDEX))).mtimeMs;
    } catch (cause) {
      if (NOT_THERE.has((cause as NodeJS.ErrnoException).code)) return undefined;
      throw cause;
    }
  }
}

async function readBuild(folder: string): Promise<AdminBuild> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  const files = await Promise.all(names.map(async (name) => [name.split(path.sep).join('/'), await fileOf(folder, name)] as const));
  return new Map(files);
}

async function fileOf(folder: string, name: string): Promise<AdminFile> {
  const bytes = await readFile(path.join(folder, name));
  const extension = path.extname(name).toLowerCase();
  const gzipped = bytes.length < COMPRESSED_FROM || DENSE.has(extension) ? undefined : await compress(bytes, { level: 9 });
  return {
    bytes,
    gzipped: gzipped && gzipped.length < bytes.length ? gzipped : undefined,
    type: TYPES[extension] ?? 'application/octet-stream',
    etag: `"${hash('sha256', bytes, 'base64url').slice(0, 27)}"`,
    isImmutable: HASHED.test(name.split(path.sep).join('/')),
  };
}
