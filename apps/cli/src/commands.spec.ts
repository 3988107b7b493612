/** Real: the commands, the file system, the mechanism. Fake: the terminal (what would be printed is collected). */
import { mkdtempSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperWorkload, type Result } from '#lab';
import { Command } from 'commander';
import { registerExperiment } from './experiment.js';
import { registerSimulate } from './simulate.js';
import { BadInput, type Terminal } from './terminal.js';
import { registerValidate } from './validate.js';

const folder = mkdtempSync(join(tmpdir(), 'eris-cli-'));
const file = (name: string): string => join(folder, name);
const instanceFile = file('instance.json');
writeFileSync(instanceFile, JSON.stringify(paperWorkload({ kind: 'testbed', jobs: 8, seed: 2 })));

/** Runs a command line; exit codes are what main.ts makes of the error or of process.exitCode. */
async function eris(...args: string[]): Promise<{ out: string; err: string; exitCode: typeof process.exitCode; fault?: unknown }> {
  let [out, err] = ['', ''];
  const terminal: Terminal = { clock: { nowMs: () => 0 }, out: (text) => (out += text), err: (text) => (err += text), isErrTty: false };
  const program = new Command('eris')
    .exitOverride()
    .configureOutput({ writeErr: (text) => (err += text), writeOut: (text) => (out += text) });
  for (const register of [registerExperiment, registerSimulate, registerValidate]) register(program, terminal);
  for (const command of program.commands.flatMap((each) => [each, ...each.commands])) command.exitOverride().copyInheritedSettings(program);
  const fault: unknown = await program.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const exitCode = process.exitCode;
  process.exitCode = undefined;
  return { out, err, exitCode, fault };
}

describe('eris simulate', () => {
  it('writes the result to standard output and the summary to standard error', async () => {
    const { out, err, fault } = await eris('simulate', '--instance', instanceFile);
    expect(fault).toBeUndefined();
    const result = JSON.parse(out) as Result;
    expect(result).toMatchObject({ format: 'eris-result/1', policy: 'eris', oracle: 'default', accepted: expect.any(Number) as number });
    expect(result.jobs).toHaveLength(8);
    expect(err).toContain(`welfare ${result.welfare}`);
  });

  it('takes instances with flat prices', async () => {
    const flat = file('flat.json');
    writeFileSync(flat, JSON.stringify({ ...paperWorkload({ kind: 'testbed', jobs: 8, seed: 2 }), prices: { kind: 'flat', level: 200 } }));
    const { out, fault } = await eris('simulate', '--instance', flat, '--json');
    expect(fault).toBeUndefined();
    expect((JSON.parse(out) as Result).revenue).toBeGreaterThan(0);
  });

  it('writes nothing but JSON with --json', async () => {
    const { out, err } = await eris('simulate', '--instance', instanceFile, '--json');
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({ format: 'eris-result/1' });
  });

  it('writes nothing at all for bad input, and says where it is bad', async () => {
    const bad = file('bad.json');
    writeFileSync(bad, JSON.stringify({ ...paperWorkload({ kind: 'testbed', jobs: 1, seed: 2 }), slots: -1, chunkMB: 'two' }));
    const { out, fault } = await eris('simulate', '--instance', bad, '--out', file('never.json'));
    expect(fault).toBeInstanceOf(BadInput);
    expect((fault as BadInput).lines.map((line) => line.slice(bad.length))).toEqual([
      expect.stringMatching(/^: \$\.slots: /),
      expect.stringMatching(/^: \$\.chunkMB: /),
    ]);
    expect(out).toBe('');
    expect(existsSync(file('never.json'))).toBe(false);
  });

  it('reads a file that an editor has marked as UTF-8', async () => {
    const marked = file('marked.json');
    writeFileSync(marked, `\ufeff${readFileSync(instanceFile, 'utf8')}`);
    const { out, fault } = await eris('simulate', '--instance', marked, '--json');
    expect(fault).toBeUndefined();
    expect(JSON.parse(out)).toMatchObject({ format: 'eris-result/1' });
    const result = file('marked-result.json');
    writeFileSync(result, `\ufeff${out}`);
    expect((await eris('validate', '--instance', marked, '--result', result)).out).toMatch(/^valid/);
  });

  it.each([
    ['UTF-16 with its mark', Buffer.from('\ufeff{}', 'utf16le'), 'is UTF-16'],
    ['UTF-16 of the other order', Buffer.from('\ufeff{}', 'utf16le').swap16(), 'is UTF-16'],
    ['UTF-16 without a mark', Buffer.from('{}', 'utf16le'), 'is UTF-16'],
    ['another encoding', Buffer.from([0x7b, 0xe9, 0x7d]), 'is not UTF-8'],
  ])('says that %s is to be saved as UTF-8', async (_, bytes, text) => {
    const bad = file('encoding.json');
    writeFileSync(bad, bytes);
    const { fault } = await eris('simulate', '--instance', bad);
    expect((fault as BadInput).lines.join()).toMatch(new RegExp(`${text}.*save it as UTF-8`));
  });

  it.each([
    ['a file that is not there', ['--instance', file('nowhere.json')]],
    ['an exact run of a large instance', ['--instance', instanceFile, '--oracle', 'exact']],
  ])('calls %s bad input', async (_, args) => {
    expect((await eris('simulate', ...args)).fault).toBeInstanceOf(BadInput);
  });

  it.each([
    ['an unknown policy', ['--instance', instanceFile, '--policy', 'lottery'], 'Allowed choices are eris'],
    ['an unknown oracle', ['--instance', instanceFile, '--oracle', 'delphi'], 'Allowed choices are default, paper, exact'],
    ['no instance', [], "required option '--instance <file>'"],
  ])('explains %s', async (_, args, text) => {
    const { err, fault } = await eris('simulate', ...args);
    expect(fault).toMatchObject({ exitCode: 1 });
    expect(err).toContain(text);
  });
});

describe('eris validate', () => {
  const resultFile = file('result.json');
  beforeAll(() => eris('simulate', '--instance', instanceFile, '--out', resultFile));

  it('finds nothing in what simulate wrote', async () => {
    const { out, exitCode } = await eris('validate', '--instance', instanceFile, '--result', resultFile);
    expect(out).toMatch(/^valid; (\d+) of \1 accepted schedules keep V1-V6\n$/);
    expect(exitCode).toBeUndefined();
  });

  it('prints a line for each thing that does not hold, and fails', async () => {
    const result = JSON.parse(readFileSync(resultFile, 'utf8')) as Result;
    const tampered = file('tampered.json');
    writeFileSync(
      tampered,
      JSON.stringify({
        ...result,
        welfare: result.welfare + 1,
        jobs: result.jobs.map((job) => ({ ...job, payment: job.accepted ? job.payment + 1 : 0 })),
      }),
    );
    const { out, exitCode } = await eris('validate', '--instance', instanceFile, '--result', tampered);
    expect(exitCode).toBe(1);
    expect(out.split('\n').filter((line) => line.startsWith('payment job-'))).toHaveLength(result.accepted);
    expect(out).toContain('welfare: claims');
  });

  it('calls a file that is no result bad input', async () => {
    const { fault } = await eris('validate', '--instance', instanceFile, '--result', instanceFile);
    expect((fault as BadInput).lines.join()).toContain('$.format: ');
  });
});

describe('eris experiment prices', () => {
  const trace = file('trace.csv');
  const rows = Array.from({ length: 12 }, (_, index) => `${1_200 * index},2400,1`);
  writeFileSync(trace, ['submission_time,duration,num_gpu', ...rows].join('\n'));
  const play = (...flags: string[]): ReturnType<typeof eris> => eris('experiment', 'prices', '--seeds', '1', '--json', ...flags);

  it('plays a trace of training jobs', async () => {
    const { out, fault } = await play('--part', 'rules', '--trace', trace);
    expect(fault).toBeUndefined();
    expect(JSON.parse(out)).toMatchObject({
      seeds: { first: 5001, count: 1 },
      rules: [{ workload: 'trace', seeds: 1 }],
      griefing: [],
      gaming: [],
    });
  });

  it('plays nothing where what it is asked is none, and says what is wrong, a line each', async () => {
    writeFileSync(file('bad.csv'), 'submission_time,duration\n');
    for (const [flags, line] of [
      [['--trace', file('absent.csv')], 'cannot be read'],
      [['--trace', file('bad.csv')], 'line 1: names no column num_gpu'],
      [['--trace', trace, '--only', 'testbed'], 'no workload has "testbed" in its name; there are trace'],
      [['--seeds', 'many'], '--seeds: many is no whole number'],
    ] as const) {
      const { out, fault } = await play(...flags);
      expect(fault).toBeInstanceOf(BadInput);
      expect((fault as BadInput).lines.join()).toContain(line);
      expect(out).toBe('');
    }
  });
});
