import { spawnSync } from 'node:child_process';

/** Whether this machine lets a command be run by this wrapper (`unshare …`, `setpriv …`): not every one has it, or the rights to. */
export const canRun = ([command, ...args]: readonly string[]): boolean =>
  spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0;

/** Whether this machine has a program, told by a call that does nothing. */
export const hasProgram = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, [...args], { stdio: 'ignore' }).status === 0;
