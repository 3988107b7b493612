import { arch, platform, release } from 'node:os';
import type { Command } from 'commander';
import { Eris, ProblemError } from '#sdk';
import type { HostTerminal } from '../../terminal.js';
import { type Client, serving, withMarket } from '../client.js';
import { CLIENT_EXIT } from '../exit-codes.js';
import { shown, styled } from '../text.js';
import { whoIs } from './login.js';

/** What one look has found. */
interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly says: string;
}

/** Clocks that differ by more make times in logs hard to compare; deciding goes by slots and does not care. */
const SKEW_MS_MAX = 5_000;

/** `eris doctor`: looks at everything between here and a decided bid. */
export function registerDoctor(program: Command, terminal: HostTerminal): void {
  withMarket(program.command('doctor'))
    .description('look at server, clocks, key, market and wallet; --json is a bundle without secrets for whoever helps')
    .addHelpText(
      'after',
      '\nExamples:\n  $ eris doctor\n  $ eris doctor --json > bundle.json\n\nExit codes: 0 all is well, 1 something is not.',
    )
    .action(
      serving(terminal, async (client) => {
        const findings = await examine(client);
        const about = {
          version: program.version(),
          node: process.version,
          system: `${platform()} ${release()} ${arch()}`,
          url: client.profile.url,
        };
        const { screen } = client;
        client.tell({ ...about, findings }, () =>
          findings
            .map(({ what, ok, says }) => `${ok ? styled(screen, 'green', '✓') : styled(screen, 'red', '✗')} ${what}: ${shown(says)}\n`)
            .join(''),
        );
        if (findings.some(({ ok }) => !ok)) process.exitCode = CLIENT_EXIT.failed;
      }),
    );
}

/** One after the other; what cannot be asked because of what failed before it is not. */
async function examine(client: Client): Promise<Finding[]> {
  const once = new Eris({
    url: client.profile.url,
    ...(client.profile.key !== undefined && { key: client.profile.key }),
    retry: { triesMax: 1 },
    timeoutMs: 10_000,
  });
  const findings: Finding[] = [];
  const look = async (what: string, see: () => Promise<string>): Promise<boolean> => {
    try {
      findings.push({ what, ok: true, says: await see() });
      return true;
    } catch (error) {
      findings.push({
        what,
        ok: false,
        says: error instanceof ProblemError ? `${error.detail || error.title}: ${error.remedy}` : (error as Error).message,
      });
      return false;
    }
  };
  const reached = await look('server', async () => {
    await once.call('readyz');
    return `${client.profile.url} serves`;
  });
  if (!reached) return findings;
  await look('clocks', () => skewOf(once, () => client.terminal.wallMs()));
  if (client.profile.key === undefined) return [...findings, { what: 'key', ok: false, says: 'there is none: eris login, or ERIS_KEY' }];
  const known = await look('key', async () => {
    const { role, organisation } = await whoIs(once);
    return `${role} of ${organisation}`;
  });
  if (!known) return findings;
  await look('market', async () => {
    const { id, name, status, slot } = await client.market();
    if (status !== 'open') throw new Error(`${id} (${name}) is ${status}: it takes no bids`);
    return `${id} (${name}) is open, its clock is at slot ${slot}`;
  });
  await look('wallet', async () => {
    const accounts = await once.all('listAccounts');
    return accounts
      .slice(0, 5)
      .map(({ organisation, balance }) => `${organisation} has ${balance.available}, ${balance.held} held`)
      .join('; ');
  });
  return findings;
}

async function skewOf(eris: Eris, wallMs: () => number): Promise<string> {
  const before = wallMs();
  const { headers } = await eris.ask('healthz');
  const after = wallMs();
  const theirs = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return 'the server does not say what time it has';
  const off = theirs < before - 1000 ? before - 1000 - theirs : theirs > after ? theirs - after : 0; // its header has whole seconds
  if (off > SKEW_MS_MAX) throw new Error(`the server's clock is ${(off / 1000).toFixed(0)} s away from ours: set one of them`);
  return `within ${Math.max(1, Math.ceil(off / 1000))} s; an answer takes ${after - before} ms`;
}
