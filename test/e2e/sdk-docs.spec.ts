import { runInThisContext } from 'node:vm';
import ts from 'typescript';
import { Eris, ProblemError } from '#sdk';
import { textOf } from '../architecture/source-tree.js';
import { startTestApi, type TestApi } from '../support/api.js';

/** The examples of docs/sdk.md, one after the other; test/architecture compiles them. */
const examples = [...textOf('docs/sdk.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code).join('\n');

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
}, 60_000);
afterAll(() => api.close());

it('shows examples that do what they say', async () => {
  const said: unknown[][] = [];
  const code = examples
    .replace(/^import .*$/m, '')
    .replace("'http://127.0.0.1:3000'", JSON.stringify(api.client.url))
    .replace('process.env.ERIS_ADMIN_KEY', JSON.stringify(api.adminKey));
  const { outputText } = ts.transpileModule(`(Eris, ProblemError, console) => (async () => { ${code} })()`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  await runInThisContext(outputText)(Eris, ProblemError, { log: (...words: unknown[]) => said.push(words) });
  expect(String(said[0])).toMatch(/^pays \d/);
  expect(said.find(([first]) => first === 'market_unknown')).toEqual([
    'market_unknown',
    404,
    expect.stringMatching(/^Check the id/),
    undefined,
  ]);
  expect(String(said.at(-1))).toMatch(/^\d+ pays \d/);
});
