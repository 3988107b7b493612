// Checks types once more with noUncheckedIndexedAccess: what an index or a name leads to may be missing, and code has to say why it isn't. Kernels
// and tests are left out: their loops run over arrays of sizes that they made.
import { dirname } from 'node:path';
import { relative } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(fileURLToPath(new URL('.', import.meta.url)));
/** Arithmetic over flat arrays. */
const KERNELS = [
  /^libs\/kinds\/src\/\w+\/oracle\//,
  /^libs\/mechanism\/src\/(?:expm1|exact-power|book|payment)\.ts$/,
  /^libs\/mechanism\/src\/prices\//,
];
const TESTS = /^test\/|\.spec\.ts$/;

const isLeftOut = (name) => TESTS.test(name) || KERNELS.some((kernel) => kernel.test(name));

const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile);
const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(fileNames, { ...options, noEmit: true, noUncheckedIndexedAccess: true });
const checked = program
  .getSourceFiles()
  .filter(({ fileName, isDeclarationFile }) => !isDeclarationFile && !isLeftOut(relative(root, fileName)));
const faults = checked.flatMap((file) => program.getSemanticDiagnostics(file));
if (faults.length > 0) {
  process.stderr.write(
    ts.formatDiagnostics(faults, { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' }),
  );
  process.exitCode = 1;
}
