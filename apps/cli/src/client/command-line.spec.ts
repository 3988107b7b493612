/** Real: the commands with their options and examples. Nothing is asked of a server. */
import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { COMMANDS } from '../commands.js';
import { CLIENT_EXIT, EXIT_TEXT } from './exit-codes.js';
import type { HostTerminal } from '../terminal.js';

const terminal = {
  env: {},
  out: () => undefined,
  err: () => undefined,
  screen: { isTty: false, columns: 80, hasColour: false },
} as unknown as HostTerminal;
const program = new Command('eris').version('test');
for (const register of COMMANDS) register(program, terminal);

/** A command and those below it. */
const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)];
const named = (words: readonly string[]): { command: Command; args: readonly string[] } => {
  let [command, args] = [program, words];
  for (let inner: Command | undefined = program; inner;) {
    const [word, ...rest] = args;
    inner = command.commands.find((each) => each.name() === word);
    if (inner) [command, args] = [inner, rest];
  }
  return { command, args };
};

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (each) => (text += each) }).outputHelp();
  return text;
}

/** Lines that are meant to be typed: examples of a help, and of the shell blocks of a page. */
const typedIn = (help: string): string[] => [...help.matchAll(/^ +\$ (.*)$/gm)].map(([, line = '']) => line);
const typedOn = (page: string): string[] => [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));

/** The calls of `eris` in a line, whatever the shell does around them. */
function callsIn(line: string): string[][] {
  const inner = [...line.matchAll(/\$\((.*?)\)/g)].flatMap(([, each = '']) => callsIn(each));
  const outer = line
    .replaceAll(/"\$\(.*?\)"/g, 'ID')
    .split(/[|;<>()#]|&&/)
    .map((each) => /^(?:npx )?eris (.*)$/.exec(each.trim())?.[1]);
  return [...inner, ...outer.filter((each) => each !== undefined).map((each) => each.trim().split(/\s+/))];
}

/** Options that do not exist, arguments that are too many or missing. */
function faultsOf(words: readonly string[]): string[] {
  const { command, args } = named(words);
  const faults = command === program && words[0] !== '--help' ? [`no command ${words[0]}`] : [];
  let places = 0;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('--')) {
      if (word !== '') places += 1;
      continue;
    }
    const option = command.options.find(({ long }) => long === word);
    if (!option && word !== '--help') faults.push(`${words.join(' ')}: no option ${word}`);
    if (option?.required) at += 1;
  }
  const needed = command.registeredArguments.filter(({ required }) => required).length;
  if (places < needed && !args.includes('--help')) faults.push(`${words.join(' ')}: ${needed} arguments are needed`);
  if (places > command.registeredArguments.length) faults.push(`${words.join(' ')}: more arguments than there are`);
  return faults;
}

it('shows examples that the commands take', () => {
  const lines = [
    ...below(program).flatMap((command) => typedIn(helpOf(command))),
    ...typedOn(readFileSync('docs/getting-started.md', 'utf8')),
  ];
  const calls = lines.flatMap(callsIn);
  expect(calls.length).toBeGreaterThan(40);
  expect(calls.flatMap(faultsOf)).toEqual([]);
});

it('has a description and, where it talks to a server, an address and JSON, for every command', () => {
  for (const command of below(program).filter((each) => each !== program && !each.name().startsWith('__')))
    expect([command.name(), command.description().length > 5]).toEqual([command.name(), true]);
});

it('has one table of exit codes, which the documentation shows', () => {
  const table = [...readFileSync('docs/cli.md', 'utf8').matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, text]) => [
    Number(code),
    text,
  ]);
  expect(table).toEqual(
    Object.entries(CLIENT_EXIT)
      .map(([name, code]) => [code, EXIT_TEXT[name as keyof typeof EXIT_TEXT]])
      .sort(([a], [b]) => Number(a) - Number(b)),
  );
});
