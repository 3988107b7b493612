import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGES = join(process.cwd(), 'apps/admin/src/pages');
const pages = readdirSync(PAGES).map((name) => ({ name, text: readFileSync(join(PAGES, name), 'utf8') }));

it('show the same as a command, a request and a call', () => {
  const forms = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/useChange\('(\w+)'/g)].map(([, operation = '']) => ({
      name,
      operation,
      shows: text.includes(`operation: '${operation}'`),
    })),
  );
  expect(forms.length).toBeGreaterThan(10);
  expect(forms.filter(({ shows }) => !shows)).toEqual([]);
});
