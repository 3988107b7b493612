import { isSpec, sourcesOf, type SourceFile } from './source-tree.js';

interface Ban {
  readonly pattern: RegExp;
  /** What to use in its place. */
  readonly instead: string;
  readonly isAllowedIn?: (file: SourceFile) => boolean;
}

/** Where a process or a thread begins. */
const isMain = ({ path }: SourceFile): boolean => /^apps\/\w+\/src\/main\.tsx?$|^libs\/thinking\/src\/thread\.ts$/.test(path);
const CORE: readonly string[] = ['libs/mechanism', 'libs/kinds', 'libs/ledger', 'libs/units'];
const isCore = ({ room }: SourceFile): boolean => CORE.includes(room);
const isOutside = (file: SourceFile): boolean => !isCore(file);
const isOutsideMarket = (file: SourceFile): boolean => isOutside(file) && file.room !== 'libs/market';

/** What is not written, where, and what is written instead. */
const BANS: readonly Ban[] = [
  {
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b/,
    instead: 'the clock that main.ts passes in',
    isAllowedIn: isMain,
  },
  { pattern: /\bMath\.random\b/, instead: 'a seeded generator that is passed in (createPrng)', isAllowedIn: isMain },
  {
    pattern: /\bprocess\.env\b/,
    instead: 'loadConfig of #config',
    isAllowedIn: ({ path, room }) =>
      room === 'libs/config' || path === 'libs/process/src/driver.ts' || /^apps\/\w+\/src\/(main|.*\.main)\.ts$/.test(path),
  },
  { pattern: /\bconsole\./, instead: 'the logger, or the terminal of apps/cli' },
  { pattern: /\bprocess\.std(out|err|in)\b/, instead: 'a Terminal', isAllowedIn: (file) => file.room === 'apps/cli' || isMain(file) },
  {
    pattern: /from 'node:(?!crypto')|\bfetch\(|\bsetTimeout\b|\bsetInterval\b|\bawait\b/,
    instead: 'nothing: the core is pure; let the caller do it',
    isAllowedIn: isOutside,
  },
  {
    pattern: /\bSELECT\b[^'"]*\bFROM\b|\bINSERT INTO\b|\bDELETE FROM\b/,
    instead: 'a function of libs/persistence: SQL lives there',
    isAllowedIn: ({ room }) => ['libs/persistence', 'libs/postgres', 'libs/queue'].includes(room),
  },
  { pattern: /from '(@nestjs|@prisma|bullmq|pg|ioredis|fastify)/, instead: 'a port declared in libs/market', isAllowedIn: isOutsideMarket },
  {
    pattern: /HttpException|HttpStatus/,
    instead: 'an outcome, and its line in the table of libs/contracts',
    isAllowedIn: ({ room }) => room === 'apps/api',
  },
  { pattern: /\bTODO\b|\bFIXME\b|eslint-disable|@ts-ignore|@ts-expect-error|prettier-ignore/, instead: 'the finished thing, or an issue' },
  { pattern: /\bas any\b|: any\b|<any>/, instead: 'unknown and a check, or the type' },
  { pattern: /\.catch\(\(\) => \{\s*\}\)|catch( \(\w+\))? \{\s*\}/, instead: 'handling, or a message with the cause' },
  { pattern: /\bparseFloat\b|\btoFixed\(6\)/, instead: 'parseMicros and formatMicros', isAllowedIn: ({ room }) => room === 'libs/lab' },
];

const sources = sourcesOf('libs', 'apps').filter((file) => !isSpec(file));

describe('bans', () => {
  it.each(BANS)('hold: $pattern; use $instead', ({ pattern, instead, isAllowedIn }) => {
    const offenders = sources.filter((file) => pattern.test(textFor(pattern, file)) && !isAllowedIn?.(file));
    expect(offenders.map(({ path }) => `${path}: ${pattern.source} is banned, use ${instead}`)).toEqual([]);
  });

  it('allow the clock and chance in the core to nobody', () => {
    const chancy = sources.filter((file) => isCore(file) && /\bDate\b|\bMath\.random\b/.test(file.code));
    expect(chancy.map(({ path }) => `${path}: time and chance are arguments`)).toEqual([]);
  });

  it('keep money out of floating point', () => {
    const floats = sources.filter(({ code }) => /\b\w*Micros\??: number\b/.test(code));
    expect(floats.map(({ path }) => `${path}: a name that ends in Micros is a bigint (Micros)`).filter((line) => !isKernel(line))).toEqual(
      [],
    );
  });
});

/** Prices inside the kernels of mechanism and kinds are whole micro-credits held as doubles, exact below 2^53. */
const isKernel = (path: string): boolean => /^libs\/(mechanism|kinds)\/src\//.test(path);

/** Notes to oneself are looked for in comments too. */
const textFor = (pattern: RegExp, file: SourceFile): string => (pattern.source.includes('TODO') ? file.text : file.code);
