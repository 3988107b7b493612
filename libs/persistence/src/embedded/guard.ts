import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Waits for a line; the end of its input without one says that whoever held the other end has gone. */
const SCRIPT = 'read -r _ || kill -INT "$0"';

/** What ends a server once we are gone. */
export interface Guard {
  /** The server has ended, or is being ended by us: there is nothing to guard any more. */
  dismiss(): void;
}

/**
 * Ends a server (fast shutdown) when this process goes without having done so, however it goes: SIGKILL, SIGQUIT, a crash. What watches is a
 * shell that reads a pipe of ours, in a session of its own so that no key of a terminal reaches it. Where no shell can be had, a server that
 * is left behind is ended by the next start.
 */
export async function guardServer(pid: number): Promise<Guard> {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, String(pid)], { cwd: '/', env: {}, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.stdin.on('error', () => undefined); // it was killed
  const isThere = await Promise.race([once(shell, 'spawn').then(() => true), once(shell, 'error').then(() => false)]);
  if (!isThere) return { dismiss: () => undefined };
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return { dismiss: () => shell.stdin.end('\n') };
}
