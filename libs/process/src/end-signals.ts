import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';

const STREAMS = [0, 1, 2];
/** SIGHUP in the masks of signals of /proc, where bit 0 is signal 1. */
const HANGUP = 1n;

/** The signals that end a service or a run, SIGHUP among them where it counts. Where it does not it is ignored from now on. */
export function endSignals(): NodeJS.Signals[] {
  if (countsHangups()) return ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'];
  process.on('SIGHUP', () => undefined);
  return ['SIGTERM', 'SIGINT', 'SIGQUIT'];
}

/**
 * Whether SIGHUP ends this process: it says that the terminal is gone, so there must be one, and nobody may have asked to be spared. Node
 * undoes that its parent had it ignored, so that is read from what can be seen: nohup takes the terminal from all three streams, and a
 * shell that was told to ignore it (`trap '' HUP`) still does.
 */
function countsHangups(): boolean {
  return STREAMS.some((fd) => isatty(fd)) && !isIgnoredAbove(process.ppid);
}

/** Whether a process, or one above it in the same session, ignores SIGHUP. False where the system has no /proc. */
function isIgnoredAbove(pid: number, session = sessionOf(process.pid)): boolean {
  if (pid <= 0 || session === undefined || sessionOf(pid) !== session) return false;
  const status = textOf(`/proc/${pid}/status`);
  const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  const parent = Number(/^PPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
  return (BigInt(`0x${ignored}`) & HANGUP) !== 0n || isIgnoredAbove(parent, session);
}

/** The session of a process: the sixth field of its stat, after a name that may hold anything but ends with the last bracket. */
function sessionOf(pid: number): string | undefined {
  return /^.*\) \S+ \S+ \S+ (\S+)/s.exec(textOf(`/proc/${pid}/stat`))?.[1];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // gone, or another system
  }
}
