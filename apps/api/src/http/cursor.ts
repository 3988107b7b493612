import type { PageRange } from '#market';
import { at } from '#units';
import { ProblemError } from './problem-error.js';

const MARK = 'after:';

/** A cursor hides the id that a list goes on after, so that nobody builds on what it is. */
export const cursorOf = (id: bigint | null): string | null => (id === null ? null : Buffer.from(`${MARK}${id}`).toString('base64url'));

/** @throws ProblemError for text that is no cursor of ours. */
export function idOfCursor(cursor: string | undefined): bigint {
  if (cursor === undefined) return 0n;
  const match = /^after:(\d{1,19})$/.exec(Buffer.from(cursor, 'base64url').toString());
  const id = match ? BigInt(at(match, 1)) : undefined;
  if (id === undefined || id > 9_223_372_036_854_775_807n || cursorOf(id) !== cursor) {
    throw new ProblemError('invalid_query', { errors: [{ path: 'query.cursor', message: 'is not a cursor of this list' }] });
  }
  return id;
}

/** The page that a query asks for. @throws ProblemError as idOfCursor does. */
export const rangeOf = ({ cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number }): PageRange => ({
  afterId: idOfCursor(cursor),
  limit,
});
