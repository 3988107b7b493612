import type { Command } from 'commander';
import { CLIENT_COMMANDS } from './client/commands/index.js';
import { registerDemo } from './demo.js';
import { registerExperiment } from './experiment.js';
import { registerLoad } from './load.js';
import { registerMigrate } from './migrate.js';
import { registerRebuildViews } from './rebuild-views.js';
import { registerSimulate } from './simulate.js';
import { registerStart } from './start.js';
import type { HostTerminal } from './terminal.js';
import { registerValidate } from './validate.js';
import { registerVerify } from './verify.js';

type Register = (program: Command, terminal: HostTerminal) => void;

/** Every subcommand, one file each, in the order that --help shows. A command with heavy imports loads them in its action. */
export const COMMANDS: readonly Register[] = [
  registerDemo,
  registerStart,
  registerLoad,
  registerMigrate,
  registerRebuildViews,
  registerSimulate,
  registerExperiment,
  registerValidate,
  registerVerify,
  ...CLIENT_COMMANDS,
];
