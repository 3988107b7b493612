import ts from 'typescript';
import { isSpec, sourcesOf } from './source-tree.js';

const root = `${import.meta.dirname}/../..`;
const sources = sourcesOf('libs/sdk').filter((file) => !isSpec(file));

describe('the SDK', () => {
  it('should need nothing that only Node has', () => {
    const offenders = sources.flatMap(({ path, imports }) =>
      imports.filter((name) => name.startsWith('node:')).map((name) => `${path}: ${name}`),
    );
    expect(offenders).toEqual([]);
    const globals = sources.filter(({ code }) => /\b(?:Buffer|process|global|setImmediate|require)\b[.(]/.test(code));
    expect(globals.map(({ path }) => `${path}: browsers don't have that`)).toEqual([]);
  });

  it('should compile with the types of a browser instead of those of Node', () => {
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
      types: [],
    };
    const program = ts.createProgram([`${root}/libs/sdk/src/index.ts`], options);
    const complaints = ts.getPreEmitDiagnostics(program);
    expect(complaints.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
  }, 60_000);
});
