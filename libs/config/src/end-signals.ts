import { isatty } from 'node:tty';

const STREAMS = [0, 1, 2];

/**
 * The signals that end a service. SIGHUP says that the terminal is gone, so it is one of them only where there is a terminal; without one it
 * is ignored from now on. Node undoes that a parent (nohup) had it ignored, and nohup takes the terminal from all three streams.
 */
export function endSignals(): NodeJS.Signals[] {
  if (STREAMS.some((fd) => isatty(fd))) return ['SIGTERM', 'SIGINT', 'SIGHUP'];
  process.on('SIGHUP', () => undefined);
  return ['SIGTERM', 'SIGINT'];
}
