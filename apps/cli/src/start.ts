import type { Command } from 'commander';
import type { HostTerminal } from './terminal.js';

/** `eris start`: database, migrations, API and worker, until a signal comes. */
export function registerStart(program: Command, terminal: HostTerminal): void {
  program
    .command('start')
    .description('serve: an embedded PostgreSQL unless DATABASE_URL is set, the migrations, the API and the worker')
    .addHelpText('after', '\nThe environment is described in docs/configuration.md. Ctrl-C stops everything that was started.')
    .action(async () => (await import('./running/start.js')).start(terminal));
}
