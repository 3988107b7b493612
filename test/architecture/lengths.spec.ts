import ts from 'typescript';
import { isSpec, sourcesOf, type SourceFile } from './source-tree.js';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const TEST_BLOCK_LINES_MAX = 200;
const CONSTRUCTOR_PARAMETERS_MAX = 5;

/** Files that may be longer, with the reason. The list may only shrink. */
const LONG_FILES: ReadonlyMap<string, string> = new Map([]);

const files = sourcesOf('libs', 'apps', 'test', 'bench');
const sources = files.filter((file) => !isSpec(file) && /^(libs|apps)\//.test(file.path));

describe('lengths', () => {
  it(`keep files within ${FILE_LINES_MAX} lines`, () => {
    const long = files.filter((file) => linesOf(file.text) > FILE_LINES_MAX && !LONG_FILES.has(file.path));
    expect(long.map(({ path, text }) => `${path}: ${linesOf(text)} lines; split it by what changes together`)).toEqual([]);
  });

  it('name no long file that has become short', () => {
    const short = files.filter(({ path, text }) => LONG_FILES.has(path) && linesOf(text) <= FILE_LINES_MAX);
    expect(short.map(({ path }) => `${path}: take it off LONG_FILES`)).toEqual([]);
  });

  it(`keep functions within ${FUNCTION_LINES_MAX} lines`, () => {
    expect(sources.flatMap((file) => longFunctions(file, FUNCTION_LINES_MAX))).toEqual([]);
  });

  it(`keep blocks of tests within ${TEST_BLOCK_LINES_MAX} lines`, () => {
    expect(files.filter(isSpec).flatMap((file) => longFunctions(file, TEST_BLOCK_LINES_MAX))).toEqual([]);
  });

  it(`keep constructors within ${CONSTRUCTOR_PARAMETERS_MAX} parameters`, () => {
    expect(sources.flatMap(wideConstructors)).toEqual([]);
  });

  it('keep controller methods to one statement', () => {
    expect(sources.filter(({ path }) => path.endsWith('.controller.ts')).flatMap(busyMethods)).toEqual([]);
  });
});

const linesOf = (text: string): number => text.trimEnd().split('\n').length;

function longFunctions(file: SourceFile, max: number): string[] {
  if (linesOf(file.text) <= max) return [];
  return nodesOf(file)
    .filter(({ node, lines }) => ts.isFunctionLike(node) && lines > max)
    .map(({ line, lines }) => `${file.path}:${line}: a function of ${lines} lines (at most ${max}); give its steps names`);
}

function wideConstructors(file: SourceFile): string[] {
  if (!file.code.includes('constructor(')) return [];
  return nodesOf(file)
    .filter(({ node }) => ts.isConstructorDeclaration(node) && node.parameters.length > CONSTRUCTOR_PARAMETERS_MAX)
    .map(({ line }) => `${file.path}:${line}: more than ${CONSTRUCTOR_PARAMETERS_MAX} constructor parameters; it does more than one thing`);
}

function busyMethods(file: SourceFile): string[] {
  return nodesOf(file)
    .filter(({ node }) => ts.isMethodDeclaration(node) && node.body?.statements.length !== 1)
    .map(({ line }) => `${file.path}:${line}: a controller method is one statement; the work belongs to a use case or a view`);
}

interface Located {
  readonly node: ts.Node;
  readonly line: number;
  readonly lines: number;
}

function nodesOf({ path, text }: SourceFile): Located[] {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const found: Located[] = [];
  const visit = (node: ts.Node): void => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
    found.push({ node, line, lines: tree.getLineAndCharacterOfPosition(node.end).line + 2 - line });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}
