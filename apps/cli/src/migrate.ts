import type { Command } from 'commander';
import { BadInput, type HostTerminal } from './terminal.js';

/** `eris migrate`: brings the database of DATABASE_URL to the schema of this version. */
export function registerMigrate(program: Command, terminal: HostTerminal): void {
  program
    .command('migrate')
    .description('apply to the database of DATABASE_URL the migrations that it lacks')
    .action(() => runMigrate(terminal));
}

async function runMigrate(terminal: HostTerminal): Promise<void> {
  const [{ loadConfig }, { migrate }] = await Promise.all([import('#config'), import('#persistence')]);
  const { databaseUrl } = loadConfig(terminal.env);
  if (databaseUrl === undefined)
    throw new BadInput(['DATABASE_URL is not set: which database? (`eris start` migrates its embedded one by itself)']);
  const applied = await migrate(databaseUrl, (line) => terminal.err(`eris: ${line}\n`));
  terminal.out(applied.length === 0 ? 'nothing to do\n' : `${applied.map((name) => `applied ${name}`).join('\n')}\n`);
}
