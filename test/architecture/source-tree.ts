import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A TypeScript file as the rules see it. */
export interface SourceFile {
  /** From the root of the repository, with slashes: libs/units/src/micros.ts. */
  readonly path: string;
  /** The room that it stands in: libs/units, apps/api, test, bench. */
  readonly room: string;
  readonly text: string;
  /** The text without comments: what rules about code look at. */
  readonly code: string;
  /** What it imports and re-exports, as written. */
  readonly imports: readonly string[];
}

const ROOT = join(import.meta.dirname, '..', '..');
const SKIPPED = new Set(['node_modules', 'generated', 'dist']);
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)'([^'\n]+)'/g;

/** Every TypeScript file under the given folders, specs included. */
export const sourcesOf = (...folders: readonly string[]): SourceFile[] =>
  folders.flatMap((folder) => filesUnder(join(ROOT, folder))).map(readSource);

/** The text of a file of the repository. */
export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Whether it is a test rather than what is tested. */
export const isSpec = ({ path }: SourceFile): boolean => path.endsWith('.spec.ts');

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    if (item.isDirectory()) return SKIPPED.has(item.name) ? [] : filesUnder(join(folder, item.name));
    return /\.tsx?$/.test(item.name) && !item.name.startsWith('.') ? [join(folder, item.name)] : [];
  });
}

function readSource(file: string): SourceFile {
  const path = relative(ROOT, file).replaceAll('\\', '/');
  const text = readFileSync(file, 'utf8');
  const code = withoutComments(text);
  const room = path
    .split('/')
    .slice(0, /^(libs|apps)\//.test(path) ? 2 : 1)
    .join('/');
  return { path, room, text, code, imports: [...code.matchAll(IMPORT)].map(([, specifier]) => specifier) };
}

/** Good enough for rules: takes comments away where no quote stands before them on the line. */
function withoutComments(text: string): string {
  return text.replace(/^\s*(\/\*[\s\S]*?\*\/|\/\/.*)$/gm, '').replace(/^([^'"`\n]*?)\s\/\/.*$/gm, '$1');
}
