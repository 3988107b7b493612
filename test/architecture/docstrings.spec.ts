import { isSpec, sourcesOf, type SourceFile } from './source-tree.js';

/** Exported symbols without a docstring. */
const UNDOCUMENTED_MAX = 0;

const EXPORT = /^export (?:abstract |async )*(?:const|function|class|interface|type) (?<name>\w+)/;

it('are written for every exported symbol', () => {
  const undocumented = sourcesOf('libs', 'apps')
    .filter((file) => !isSpec(file))
    .flatMap(undocumentedIn);
  expect(undocumented.length > UNDOCUMENTED_MAX ? undocumented : []).toEqual([]);
});

function undocumentedIn({ path, text }: SourceFile): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const name = EXPORT.exec(line)?.groups?.name;
    return name === undefined || hasDocstring(lines.slice(0, index)) ? [] : [`${path}: ${name}`];
  });
}

/** Whether the lines before a declaration end with a docstring; decorators may stand in between. */
function hasDocstring(before: readonly string[]): boolean {
  const last = before.findLast((line) => !/^(@|\}\))/.test(line));
  return last !== undefined && last.trimEnd().endsWith('*/');
}
