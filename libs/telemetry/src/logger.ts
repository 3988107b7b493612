import { type Logger, type LoggerOptions, pino } from 'pino';

const STANDARD_OUTPUT = 1;

/** A logger to standard output that outlives its reader: a line that cannot be written is lost, and the work goes on. */
export function createLogger(options: LoggerOptions): Logger {
  const destination = pino.destination(STANDARD_OUTPUT);
  destination.on('error', () => undefined);
  return pino(options, destination);
}

/** The same for what is written without the logger: an error of the stream is no error of the process. */
export function outliveReaders(...streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}
