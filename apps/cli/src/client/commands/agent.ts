import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { ProblemError } from '#sdk';
import type { HostTerminal } from '../../terminal.js';
import { type Client, type ClientFlags, serving, withServer } from '../client.js';

/** How soon it is tried again after a heartbeat that was not heard, ms. */
const AGAIN_MS = 5_000;

interface AgentFlags extends ClientFlags {
  readonly site: string;
  readonly count?: string;
}

/** `eris agent`: says that a site is there, until it is told to stop. */
export function registerAgent(program: Command, terminal: HostTerminal): void {
  withServer(program.command('agent'))
    .requiredOption('--site <id>', 'the site that this machine speaks for; its key has the role agent')
    .option('--count <beats>', 'end after so many')
    .description('say that a site is there, every 30 seconds; when that stops, the site is taken off sale')
    .addHelpText('after', '\nExamples:\n  $ eris keys create acme --role agent --site 3\n  $ ERIS_KEY=eris_a_… eris agent --site 3')
    .action(serving(terminal, (client) => beat(client)));
}

async function beat(client: Client): Promise<void> {
  const { site: siteId, count } = client.flags as unknown as AgentFlags;
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    for (let left = Number(count ?? Infinity); left > 0 && !ending.signal.aborted; left--) {
      const waitMs = await once(client, siteId);
      if (left > 1) await sleep(waitMs, undefined, { signal: ending.signal }).catch(() => undefined); // told to stop: the loop ends
    }
  } finally {
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}

/** One heartbeat. What another try will not mend ends the agent. @returns how long to wait for the next one, ms. */
async function once(client: Client, siteId: string): Promise<number> {
  try {
    const heard = await client.eris.call('beat', {
      params: { siteId },
      body: { at: new Date(client.terminal.wallMs()).toISOString() },
    });
    client.tell(heard, () => `site ${heard.siteId} was heard, ${heard.streak} in a row\n`);
    return heard.everySeconds * 1000;
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500 && error.status !== 429) throw error;
    client.note(`not heard: ${error instanceof Error ? error.message : String(error)}`);
    return AGAIN_MS;
  }
}
