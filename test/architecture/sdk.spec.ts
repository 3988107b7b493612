import { join } from 'node:path';
import ts from 'typescript';
import { isSpec, sourcesOf, textOf } from './source-tree.js';

const root = join(import.meta.dirname, '..', '..');
const sources = sourcesOf('libs/sdk').filter((file) => !isSpec(file));

describe('the SDK', () => {
  it('needs nothing that only Node has', () => {
    const offenders = sources.flatMap(({ path, imports }) =>
      imports.filter((name) => name.startsWith('node:')).map((name) => `${path}: ${name}`),
    );
    expect(offenders).toEqual([]);
    const globals = sources.filter(({ code }) => /\b(?:Buffer|process|global|setImmediate|require)\b[.(]/.test(code));
    expect(globals.map(({ path }) => `${path}: browsers don't have that`)).toEqual([]);
  });

  it('compiles with the types of a browser instead of those of Node', () => {
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
      types: [],
    };
    expect(complaintsOf(ts.createProgram([join(root, 'libs', 'sdk', 'src', 'index.ts')], options))).toEqual([]);
  }, 60_000);

  it('has examples in docs/sdk.md that compile', () => {
    const examples = [...textOf('docs/sdk.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');
    const file = join(root, 'test', 'e2e', 'sdk-examples.ts'); // only the compiler sees it: from there it finds the SDK
    const options = optionsOfTests();
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = ts.sys;
    host.fileExists = (path) => path === file || fileExists(path);
    host.readFile = (path) => (path === file ? `${examples}\nexport {};` : readFile(path));
    expect(complaintsOf(ts.createProgram([file], options, host))).toEqual([]);
  }, 60_000);
});

function optionsOfTests(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const given = { ...config.compilerOptions, incremental: false, tsBuildInfoFile: undefined };
  return { ...ts.convertCompilerOptionsFromJson(given, root).options, noEmit: true };
}

const complaintsOf = (program: ts.Program): string[] =>
  ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
