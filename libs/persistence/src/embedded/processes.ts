import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;

/** How a server is told to end, and how long it then has, ms: politely (fast shutdown), at once, by force. */
const WAYS_TO_END = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/** Whether a process exists; one of another user's does too. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}

/** The processes whose working folder this is: a server, its helpers and its sessions. Empty where the system has no /proc. */
export async function processesIn(folder: string): Promise<number[]> {
  const names = process.platform === 'linux' ? await readdir('/proc') : [];
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined))); // gone, or not ours
  return pids.filter((_, index) => folders[index] === folder);
}

/** Whether a signal reached a process; it does not where the process is gone, or is not ours to end. */
function tell(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (cause) {
    if (['ESRCH', 'EPERM'].includes(String((cause as NodeJS.ErrnoException).code))) return false;
    throw cause;
  }
}

/** Ends a server, more firmly each time; resolves once `isOver`. @returns whether it is. */
export async function endServer(pid: number, isOver: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const [signal, waitMs] of WAYS_TO_END) {
    tell(pid, signal);
    for (let waitedMs = 0; waitedMs < waitMs; waitedMs += LOOK_EVERY_MS) {
      if (await isOver()) return true;
      await sleep(LOOK_EVERY_MS);
    }
  }
  return isOver();
}
