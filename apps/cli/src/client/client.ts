import type { Command } from 'commander';
import { Eris, type ItemOf } from '#sdk';
import { BadInput, type HostTerminal } from '../terminal.js';
import { CLIENT_EXIT, documentOf, exitCodeOfFailure } from './exit-codes.js';
import { type Profile, profileFile, readProfile, urlOf, USUAL_URL } from './profile.js';
import { type Screen, shown, styled } from './text.js';

/** What every command that talks to a server takes. */
export interface ClientFlags {
  readonly url?: string;
  readonly json?: boolean;
  readonly market?: string;
}

/** A server as this user sees it, and how to show what it says. */
export class Client {
  readonly eris: Eris;
  readonly screen: Screen;

  constructor(
    readonly terminal: HostTerminal,
    readonly profile: Profile,
    readonly flags: ClientFlags,
  ) {
    const { url, key } = profile;
    this.screen = terminal.screen;
    this.eris = new Eris({
      url,
      ...(key !== undefined && { key }),
      onRetry: ({ pauseMs }) => this.note(`no answer yet; again in ${pauseMs} ms`),
    });
  }

  /** The market that is meant: by id or name, as kept by login, or the only one that there is. @throws BadInput where that is open. */
  async market(): Promise<MarketRow> {
    const wanted = this.flags.market ?? this.profile.market;
    const markets = await this.eris.all('listMarkets');
    const found = wanted === undefined ? markets : markets.filter(({ id, name }) => id === wanted || name === wanted);
    const [only] = found;
    if (only && found.length === 1) return only;
    const names = markets.map(({ id, name }) => `${id} (${shown(name)})`).join(', ');
    if (wanted !== undefined)
      throw new BadInput([`--market: there is no market ${wanted}; ${names === '' ? 'there is none at all' : `there are ${names}`}`]);
    if (!only) throw new BadInput(['there is no market yet: its operator opens one (eris markets create, or eris sandbox)']);
    throw new BadInput([`--market: which one? There are ${names}`]);
  }

  /** Results: as they came for machines, shown for people. */
  tell(answer: unknown, show: () => string): void {
    this.terminal.out(this.flags.json ? `${JSON.stringify(answer)}\n` : show());
  }

  /** What is said beside results, to people only. */
  note(text: string): void {
    if (!this.flags.json) this.terminal.err(`${styled({ hasColour: this.screen.hasColour && this.terminal.isErrTty }, 'dim', text)}\n`);
  }
}

/** A market as it is listed. */
export type MarketRow = ItemOf<'listMarkets'>;

/** The options that every such command has. */
export const withServer = (command: Command): Command =>
  command
    .option('--url <address>', `the API; without it that of ERIS_URL, of eris login, else ${USUAL_URL}`)
    .option('--json', 'nothing but JSON on standard output, by the schemas of /openapi.json; problems as JSON on standard error');
/** The same with a market. */
export const withMarket = (command: Command): Command =>
  withServer(command).option('--market <id or name>', 'which market; not needed where there is one only');

/** Where and as whom: by options, then the environment, then what login kept. */
export async function profileOf({ env }: HostTerminal, { url }: ClientFlags): Promise<Profile> {
  const kept = await readProfile(profileFile(env));
  const named = url === undefined ? (env.ERIS_URL ? urlOf(env.ERIS_URL, 'ERIS_URL') : undefined) : urlOf(url, '--url');
  const at = named ?? kept?.url ?? USUAL_URL;
  const isKept = kept?.url === at; // a key is for the server that it was given for, and for no other
  const key = env.ERIS_KEY ? env.ERIS_KEY.trim() : isKept ? kept.key : undefined;
  return { url: at, ...(key !== undefined && { key }), ...(isKept && kept.market !== undefined && { market: kept.market }) };
}

/** Runs a command against the server, and makes of its failure an exit code and a problem on standard error. */
export function serving<Args extends unknown[]>(
  terminal: HostTerminal,
  run: (client: Client, ...args: Args) => Promise<void>,
): (...args: [...Args, ClientFlags, Command]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const flags = command.optsWithGlobals<ClientFlags>();
    const args = given.slice(0, -2) as unknown as Args;
    await reporting(terminal, flags, async () => run(new Client(terminal, await profileOf(terminal, flags), flags), ...args));
  };
}

/** Does something; where it fails, says so and sets the exit code. */
export async function reporting(terminal: HostTerminal, { json }: ClientFlags, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = exitCodeOfFailure(error);
    terminal.err(json ? `${JSON.stringify(documentOf(error))}\n` : failureText(error));
    if (process.exitCode === CLIENT_EXIT.failed && !json && error instanceof Error && terminal.env.ERIS_DEBUG)
      terminal.err(`${error.stack}\n`);
  }
}

/** A failure for people: what, why, what to do. */
function failureText(error: unknown): string {
  if (error instanceof BadInput) return `${error.lines.map((line) => `eris: ${shown(line)}`).join('\n')}\n`;
  const { title, status, detail, remedy, errors = [], type } = documentOf(error);
  const code = type.replace('urn:eris:problem:', '');
  const faults =
    errors.length > 1 || (errors[0] && !detail.startsWith(errors[0].path))
      ? errors.map(({ path, message }) => `  ${shown(`${path} ${message}`)}`)
      : [];
  const head = status === 0 ? `eris: ${title}` : `eris: ${status} ${code}: ${title}`;
  const why = detail === title ? [] : [`  ${shown(detail)}`];
  return `${[head, ...why, ...faults, `  ${shown(remedy)}`].join('\n')}\n`;
}
