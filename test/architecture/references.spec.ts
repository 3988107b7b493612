import { existsSync } from 'node:fs';
import { sourcesOf, textOf } from './source-tree.js';

/** A page, and a section of it by its number where one is named: `docs/mechanism.md section 3`. */
const REFERENCE = /\bdocs\/[\w/-]+\.md(?: section (?<section>\d+))?/g;

it('leads from comments to pages and sections that are there', () => {
  const lost = sourcesOf('libs', 'apps', 'test', 'bench').flatMap(({ path, text: source }) =>
    [...source.matchAll(REFERENCE)]
      .filter(({ 0: text, groups }) => !isThere(text.split(' ')[0], groups?.section))
      .map(([text]) => `${path}: ${text} is not there`),
  );
  expect(lost).toEqual([]);
});

function isThere(page: string, section: string | undefined): boolean {
  return existsSync(new URL(`../../${page}`, import.meta.url)) && (section === undefined || textOf(page).includes(`\n## ${section}. `));
}
