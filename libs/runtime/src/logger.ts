import { type Logger, type LoggerOptions, pino } from 'pino';

/** A logger whose lines go to a destination, such as standard output that outlives its reader and never waits for it. */
export const createLogger = (options: LoggerOptions, destination: { write(line: string): void }): Logger => pino(options, destination);

/** The line of such a log that stands for those which nobody read. */
export const missingLines = (lines: number): string =>
  JSON.stringify({ level: 40, msg: `${lines} lines are missing here: nobody read the log` });

/** For what is written without the logger: an error of the stream is no error of the process. */
export function outliveReaders(...streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}
