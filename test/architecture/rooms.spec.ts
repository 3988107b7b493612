import { dirname, join } from 'node:path/posix';
import { isSpec, sourcesOf, type SourceFile } from './source-tree.js';

/** What both processes of the service are made of. */
const SERVED_BY = [
  'calendar',
  'config',
  'kinds',
  'market',
  'mechanism',
  'persistence',
  'postgres',
  'process',
  'queue',
  'runtime',
  'telemetry',
  'thinking',
  'units',
];

/** Which rooms a room may import: inward only (docs/architecture.md, "The rooms"). A new room gets a line here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'libs/units': [],
  'libs/postgres': ['units'],
  'libs/process': [],
  'libs/config': ['units', 'postgres', 'process'],
  'libs/telemetry': [],
  'libs/runtime': ['units'],
  'libs/contracts': ['ledger', 'log', 'units'],
  'libs/sdk': [], // its types are generated from the document that contracts makes
  'libs/mechanism': ['units'],
  'libs/ledger': ['units'],
  'libs/kinds': ['contracts', 'mechanism', 'units'],
  'libs/log': ['mechanism', 'units'],
  'libs/lab': ['kinds', 'mechanism', 'units'],
  'libs/market': ['kinds', 'mechanism', 'ledger', 'log', 'units'],
  'libs/persistence': ['kinds', 'market', 'ledger', 'log', 'mechanism', 'postgres', 'units'],
  'libs/calendar': ['kinds', 'market'],
  'libs/queue': ['market', 'postgres', 'units'],
  'libs/thinking': ['kinds', 'market'],
  'apps/api': ['contracts', ...SERVED_BY],
  'apps/worker': SERVED_BY,
  'apps/admin': ['sdk', 'units'], // it has what the API tells, and nothing else
  'apps/cli': ['config', 'kinds', 'lab', 'ledger', 'market', 'mechanism', 'persistence', 'postgres', 'process', 'queue', 'sdk', 'units'],
};

/** What a room may have of all lines of code. */
const ROOM_SHARE_MAX = 0.22;

const sources = sourcesOf('libs', 'apps');
const all = [...sources, ...sourcesOf('test', 'bench')];

describe('rooms', () => {
  it('depend inward only', () => {
    expect(sources.flatMap(outwardImports)).toEqual([]);
  });

  it('are none of them more than a part of the house', () => {
    const linesOf = (files: readonly SourceFile[]): number => files.reduce((sum, { text }) => sum + text.split('\n').length, 0);
    const code = sources.filter((file) => !isSpec(file));
    const rooms = [...new Set(code.map(({ room }) => room))];
    const shares = rooms.map((room) => [room, linesOf(code.filter((file) => file.room === room)) / linesOf(code)] as const);
    expect(shares.filter(([, share]) => share > ROOM_SHARE_MAX)).toEqual([]);
  });

  it('are entered by name, through their door', () => {
    expect(all.flatMap(sideEntrances)).toEqual([]);
  });

  it('are begun by a command only where it needs them: a server’s take most of a second', () => {
    const first = roomsBegun('apps/cli/src/main.ts');
    expect([...first].sort()).toEqual(['libs/process', 'libs/sdk']);
  });

  it('have no circles of files', () => {
    expect(circles(sources.filter((file) => !isSpec(file)))).toEqual([]);
  });
});

function outwardImports({ path, room, imports }: SourceFile): string[] {
  const allowed = MAY_IMPORT[room];
  if (!allowed) return [`${path}: the room ${room} is not in the plan; add it to docs/architecture.md and to MAY_IMPORT`];
  return imports
    .filter((specifier) => specifier.startsWith('#') && !allowed.includes(specifier.slice(1)))
    .map(
      (specifier) =>
        `${path}: ${room} must not import ${specifier}; declare a port in the inner room, or move the code to where both may look`,
    );
}

/** Other rooms are imported as '#name' only: no path into them, no '#name/deeper', no own door from inside. */
function sideEntrances({ path, room, imports }: SourceFile): string[] {
  return imports.flatMap((specifier) => {
    if (specifier.startsWith('#')) {
      if (!/^#\w+$/.test(specifier))
        return [`${path}: '${specifier}' goes past the door; import '${specifier.split('/')[0]}' and export what you need there`];
      return `libs/${specifier.slice(1)}` === room ? [`${path}: '${specifier}' is its own door; import the file beside it`] : [];
    }
    if (!specifier.startsWith('.')) return [];
    const target = join(dirname(path), specifier);
    if (/^apps\/\w+\/src\/(?!index\.js$)/.test(target) && !room.includes('/'))
      return [`${path}: '${specifier}' goes past the door of an application; export what you need from its src/index.ts`];
    const isElsewhere = room.includes('/') ? !target.startsWith(`${room}/`) : target.startsWith('libs/');
    return isElsewhere ? [`${path}: '${specifier}' leads into another room; import it by name, such as '#mechanism'`] : [];
  });
}

/** Imports and re-exports that are there when the file is run: not those of types, nor those that wait until they are called. */
const AT_ONCE = /^(?:import|export)\s+(?!type\b)[^'"`]*'([^'\n]+)'/gm;

/** The rooms that come with a file, but its own. */
function roomsBegun(start: string): Set<string> {
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const [seen, rooms] = [new Set<string>(), new Set<string>()];
  const visit = (path: string): void => {
    const file = byPath.get(path);
    if (!file || seen.has(path)) return;
    seen.add(path);
    for (const [, specifier] of file.code.matchAll(AT_ONCE)) {
      if (specifier.startsWith('.')) visit(fileOf(join(dirname(path), specifier), byPath));
      else if (specifier.startsWith('#')) rooms.add(`libs/${specifier.slice(1)}`);
    }
  };
  visit(start);
  return rooms;
}

/** The source of an import: pages are .tsx. */
const fileOf = (imported: string, byPath: ReadonlyMap<string, SourceFile>): string =>
  ['.ts', '.tsx'].map((extension) => imported.replace(/\.js$/, extension)).find((path) => byPath.has(path)) ?? imported;

/** Every file that can reach itself over relative imports, by the circle that was found first. */
function circles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const finished = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path))
      found.push(`${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}: move what both need to a third file`);
    const file = byPath.get(path);
    if (trail.includes(path) || finished.has(path) || !file) return;
    for (const specifier of file.imports)
      if (specifier.startsWith('.')) visit(fileOf(join(dirname(path), specifier), byPath), [...trail, path]);
    finished.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}
