// Generates what is made from other sources: the Prisma client from prisma/schema.prisma, the types of the SDK from the OpenAPI document of
// libs/contracts. Each is skipped where its sources are those of the last time. Nothing is downloaded.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const inRoot = (...parts) => join(fileURLToPath(new URL('..', import.meta.url)), ...parts);
const STAMP = '.generated-from';
/** The rooms that the OpenAPI document is made by. */
const DOCUMENT_ROOMS = ['contracts', 'kinds', 'mechanism', 'units', 'ledger', 'log'];

const GENERATORS = [
  {
    what: 'the Prisma client',
    folder: inRoot('libs', 'persistence', 'src', 'prisma', 'generated'),
    sources: () => [inRoot('prisma', 'schema.prisma')],
    packages: ['prisma'],
    generate: generatePrismaClient,
  },
  {
    what: 'the types of the SDK',
    folder: inRoot('libs', 'sdk', 'src', 'generated'),
    sources: () => [fileURLToPath(import.meta.url), ...DOCUMENT_ROOMS.flatMap((room) => sourcesIn(inRoot('libs', room, 'src')))],
    packages: ['openapi-typescript', 'typescript', 'zod'],
    generate: generateSdkTypes,
  },
];

/** @returns an exit code. */
async function generateAll() {
  for (const { what, folder, sources, packages, generate } of GENERATORS) {
    const missing = packages.filter((name) => !existsSync(inRoot('node_modules', name)));
    if (missing.length > 0) return fail(`${what}: ${missing.join(', ')} not installed: npm install`);
    const stamp = join(folder, STAMP);
    const wanted = fingerprint(sources(), packages);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) continue;
    const status = await generate(folder);
    if (status !== 0) return status;
    writeFileSync(stamp, wanted);
  }
  return 0;
}

/** The command asks for a schema engine that generating never calls, so any existing program stands in for it. */
function generatePrismaClient() {
  const command = inRoot('node_modules', 'prisma', 'build', 'index.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'generate', '--schema', inRoot('prisma', 'schema.prisma')], {
    cwd: inRoot(),
    encoding: 'utf8',
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
  });
  if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
  return status ?? 1;
}

/** Types by openapi-typescript, and beside them what a client must know of each operation at run time. */
async function generateSdkTypes(folder) {
  const { openApiDocument, standardKinds } = await importDocumentRooms();
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const document = openApiDocument('generated', standardKinds().wires);
  const types = astToString(await openapiTS(JSON.stringify(document), { immutable: true }));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'api.ts'), `// Made by scripts/generate.mjs from the OpenAPI document.\n${types}`);
  writeFileSync(join(folder, 'operations.ts'), operationsText(document));
  return 0;
}

function operationsText({ paths }) {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters, 'x-repeatable': isRepeatable }]) => {
      const isKeyed = parameters.some(({ in: place, name }) => place === 'header' && name === 'Idempotency-Key');
      return `  ${operationId}: ${JSON.stringify({ method, path, isKeyed, isRepeatable })},`;
    }),
  );
  const head = '// Made by scripts/generate.mjs from the OpenAPI document.\n/** What is known of each operation at run time. */\n';
  return `${head}export const OPERATIONS = {\n${rows.join('\n')}\n} as const;\n`;
}

/** The rooms as they are now, whether or not they are built: what is generated is a part of what is built. */
async function importDocumentRooms() {
  const { default: ts } = await import('typescript');
  const cache = inRoot('node_modules', '.cache'); // from there the rooms find their packages
  mkdirSync(cache, { recursive: true });
  const out = mkdtempSync(join(cache, 'eris-contracts-'));
  try {
    for (const file of DOCUMENT_ROOMS.flatMap((room) => sourcesIn(inRoot('libs', room, 'src')))) {
      const target = join(out, relative(inRoot(), file).replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
      writeFileSync(target, ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText);
    }
    writeFileSync(join(out, 'package.json'), JSON.stringify({ type: 'module', imports: { '#*': './libs/*/src/index.js' } }));
    const door = (room) => import(pathToFileURL(join(out, 'libs', room, 'src', 'index.js')).href);
    return { ...(await door('contracts')), ...(await door('kinds')) };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function sourcesIn(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .sort();
}

function fingerprint(files, packages) {
  const hash = createHash('sha256');
  for (const name of packages) hash.update(JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8')).version);
  for (const file of files) hash.update(relative(inRoot(), file)).update(readFileSync(file));
  return hash.digest('hex');
}

function fail(message) {
  process.stderr.write(`eris: ${message}\n`);
  return 1;
}

process.exitCode = await generateAll();
