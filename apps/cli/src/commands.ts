import type { Command } from 'commander';
import { registerSimulate } from './simulate.js';
import type { Terminal } from './terminal.js';
import { registerValidate } from './validate.js';

type Register = (program: Command, terminal: Terminal) => void;

/** Every subcommand, one file each, in the order that --help shows. A command with heavy imports loads them in its action. */
export const COMMANDS: readonly Register[] = [registerSimulate, registerValidate];
