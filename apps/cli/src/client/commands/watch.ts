import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { MarketEvent } from '#sdk';
import { BadInput, type HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withMarket } from '../client.js';
import { CLIENT_EXIT } from '../exit-codes.js';
import { shown, styled } from '../text.js';

interface WatchFlags extends ClientFlags {
  readonly after?: string;
  readonly resume?: string;
  readonly count?: string;
}

/** `eris watch`: the log of a market, resumable. */
export function registerWatch(program: Command, terminal: HostTerminal): void {
  withMarket(program.command('watch'))
    .description("follow a market's log: what has happened, then what happens, without gap or repeat through every break")
    .option('--after <sequence>', 'from after that entry on; without it from the first one on')
    .option('--resume <file>', 'go on after the entry whose number the file holds, and keep it there')
    .option('--count <entries>', 'end after so many')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris watch --after 17\n  $ eris watch --resume ~/.eris-watch --json | while read -r event; do echo "$event"; done',
    )
    .action(serving(terminal, (client) => watch(client)));
}

async function watch(client: Client): Promise<void> {
  const { after, resume, count } = client.flags as WatchFlags;
  if (after !== undefined && resume !== undefined) throw new BadInput(['--after, --resume: one of them']);
  if (count !== undefined && !/^[1-9]\d{0,8}$/.test(count)) throw new BadInput([`--count: ${count} is no whole number above zero`]);
  const from = sequenceOf(after ?? (resume === undefined ? undefined : await keptIn(resume)));
  const { id } = await client.market();
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  const unwatch = client.terminal.onOutputLost(stop);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let [last, left] = [from, Number(count ?? Infinity)];
  try {
    for await (const event of client.eris.events(id, {
      ...(from !== undefined && { after: from }),
      signal: ending.signal,
      onBreak: () => client.note('the stream broke; it is opened again'),
    })) {
      client.tell(event, () => lineOf(client, event));
      last = event.sequence;
      if (resume !== undefined) await keep(resume, last);
      if (--left <= 0) break;
    }
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    process.exitCode = CLIENT_EXIT.interrupted;
  } finally {
    unwatch();
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
  if (last !== undefined) client.note(`to go on from here: eris watch ${resume === undefined ? `--after ${last}` : `--resume ${resume}`}`);
}

function lineOf({ screen }: Client, { sequence, at, kind, payload }: MarketEvent): string {
  const text = Object.entries(payload)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return `${styled(screen, 'dim', `${sequence.padStart(6)}  ${at}`)}  ${kind}  ${shown(text)}\n`;
}

function sequenceOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,18}$/.test(text)) throw new BadInput([`--after: ${text} is no sequence number`]);
  return text;
}

/** What a file of an earlier watch holds; nothing where there is none yet. */
async function keptIn(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim() || undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new BadInput([`--resume: ${file} cannot be read: ${(cause as Error).message}`]);
  }
}

/** Whole or not at all. */
async function keep(file: string, sequence: string): Promise<void> {
  await writeFile(`${file}.new`, `${sequence}\n`);
  await rename(`${file}.new`, file);
}
