import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
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

/** A link of a page: its target, without what leads elsewhere. */
const LINK = /\]\((?!https?:|mailto:)(?<page>[^)#\s]*)(?:#(?<anchor>[^)\s]+))?\)/g;
/** A file or folder of the repository, as pages name them. */
const PLACE = /`(?<place>(?:apps|libs|prisma|test|scripts|bench|docs)\/[\w./-]+)`/g;
const PAGES = ['README.md', 'CONTRIBUTING.md', ...pagesUnder('docs')];

it('leads from pages to pages, headings and files that are there', () => {
  const lost = PAGES.flatMap((page) => [
    ...[...textOf(page).matchAll(LINK)].filter(({ groups }) => !isLinked(page, groups)).map(([text]) => `${page}: ${text} is not there`),
    ...[...textOf(page).matchAll(PLACE)]
      .filter(({ groups }) => !exists(groups?.place ?? ''))
      .map(([text]) => `${page}: ${text} is not there`),
  ]);
  expect(lost).toEqual([]);
});

it('leads from the glossary to names that the code has', () => {
  const code = sourcesOf('libs', 'apps')
    .map(({ code: text }) => text)
    .join('\n');
  const names = textOf('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .flatMap((line) => [...line.matchAll(/`([A-Za-z]\w*)`/g)].map(([, name]) => name));
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
});

function isLinked(from: string, { page = '', anchor }: Partial<Record<string, string>> = {}): boolean {
  const target = page === '' ? from : join(dirname(from), page);
  if (!exists(target)) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor);
}

/** As they are made of headings where the pages are read. */
const anchorsOf = (page: string): ReadonlySet<string> =>
  new Set(
    [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );

const exists = (path: string): boolean => existsSync(new URL(`../../${path}`, import.meta.url));

function pagesUnder(folder: string): string[] {
  return readdirSync(new URL(`../../${folder}`, import.meta.url), { withFileTypes: true }).flatMap((item) => {
    if (item.isDirectory()) return pagesUnder(`${folder}/${item.name}`);
    return item.name.endsWith('.md') ? [`${folder}/${item.name}`] : [];
  });
}
