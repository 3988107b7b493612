import { ProblemError, UnreachableError } from '#sdk';
import { BadInput, EXIT } from '../terminal.js';

/** Exit codes of the commands that talk to a server, beside those of every command: one table, docs/cli.md shows it. */
export const CLIENT_EXIT = {
  ...EXIT,
  /** The market said no to the bid: an answer. */
  refused: 3,
  /** No key, or one that may not do that. */
  notAllowed: 4,
  notFound: 5,
  /** Things are not as the request takes them to be: prices have moved, a name is taken, a market is closed. */
  conflict: 6,
  /** No answer, or one that says to come back. */
  tryAgain: 7,
} as const;

/** What each means, for people. */
export const EXIT_TEXT: Readonly<Record<keyof typeof CLIENT_EXIT, string>> = {
  ok: 'done',
  failed: 'something went wrong that is none of the below',
  badInput: 'bad input: an option, a file, a field of a request',
  refused: 'the market refused the bid',
  notAllowed: 'no valid key, or one that may not do that',
  notFound: 'there is no such thing, or it is not shown to you',
  conflict: 'things are not as the request takes them to be: prices have moved since the quote, a name is taken, a market is closed',
  tryAgain: 'no answer, too much at once, or not decided in time: the same again later',
  interrupted: 'interrupted (Ctrl-C)',
};

const OF_STATUS: Readonly<Record<number, number>> = {
  400: CLIENT_EXIT.badInput,
  401: CLIENT_EXIT.notAllowed,
  403: CLIENT_EXIT.notAllowed,
  404: CLIENT_EXIT.notFound,
  405: CLIENT_EXIT.notFound,
  408: CLIENT_EXIT.tryAgain,
  409: CLIENT_EXIT.conflict,
  412: CLIENT_EXIT.conflict,
  413: CLIENT_EXIT.badInput,
  422: CLIENT_EXIT.badInput,
  429: CLIENT_EXIT.tryAgain,
};

/** The exit code for what a command failed with. */
export function exitCodeOfFailure(error: unknown): number {
  if (error instanceof UnreachableError) return CLIENT_EXIT.tryAgain;
  if (error instanceof BadInput) return CLIENT_EXIT.badInput;
  if (!(error instanceof ProblemError)) return CLIENT_EXIT.failed;
  if (error.code === 'unknown') return CLIENT_EXIT.failed;
  return OF_STATUS[error.status] ?? (error.status === 503 ? CLIENT_EXIT.tryAgain : CLIENT_EXIT.failed);
}

/** A problem document as it is written to standard error: the server's own, or one of ours in the same form. */
export interface FailureDocument {
  readonly type: string;
  readonly title: string;
  /** Of HTTP; 0 where no server said so. */
  readonly status: number;
  readonly detail: string;
  readonly remedy: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

const ours = (code: string, title: string, { detail, remedy }: { detail: string; remedy: string }): FailureDocument => ({
  type: `urn:eris:problem:${code}`,
  title,
  status: 0,
  detail,
  remedy,
});

/** What a command failed with, as a problem document. */
export function documentOf(error: unknown): FailureDocument {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof ProblemError) {
    const { code, title, status, remedy, document } = error;
    if (code !== 'unknown') return { ...document, type: `urn:eris:problem:${code}`, title, status, detail: error.detail, remedy };
    const what = error.detail === '' ? 'nothing that can be read' : error.detail;
    return ours('not_eris', title, {
      detail: `status ${status}: ${what}`,
      remedy: 'See that the address is that of an Eris API: eris login --url URL, or ERIS_URL.',
    });
  }
  if (error instanceof UnreachableError)
    return ours('unreachable', 'No answer', {
      detail,
      remedy:
        'See that the server runs and that the address is right (eris doctor); what changes something is safe to repeat with the same --idempotency-key.',
    });
  if (error instanceof BadInput)
    return {
      ...ours('bad_input', 'Bad input', { detail: error.lines[0] ?? '', remedy: 'See --help of the command.' }),
      errors: error.lines.map((message) => ({ path: '$', message })),
    };
  return ours('internal_error', 'Something went wrong', { detail, remedy: 'Run eris doctor; report it with what that says.' });
}
