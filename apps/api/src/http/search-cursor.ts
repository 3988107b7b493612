import { hash } from 'node:crypto';
import { canonicalJson } from '#units';
import { ProblemError } from './problem-error.js';

const HASH_LENGTH = 16;
const LARGE = 9_223_372_036_854_775_807n;

/** What a cursor belongs to: a list of other filters or of another order has other cursors. */
const markOf = (query: object): string => hash('sha256', canonicalJson(query), 'hex').slice(0, HASH_LENGTH);

const notOurs = (): ProblemError =>
  new ProblemError('invalid_query', {
    errors: [{ path: 'query.cursor', message: 'is not a cursor of this list with these filters and order' }],
  });

/** Hides where a page ends. @param query what the list was asked with, without its cursor and limit. */
export const cursorAfter = (query: object, ...place: readonly (bigint | string)[]): string =>
  Buffer.from([markOf(query), ...place].join(':')).toString('base64url');

function placeIn(query: object, cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const mark = `${markOf(query)}:`;
  if (!text.startsWith(mark) || Buffer.from(text).toString('base64url') !== cursor) throw notOurs();
  return text.slice(mark.length);
}

/** A key and an id that a page goes on after. @throws ProblemError for a text that is no cursor of this query. */
export function placeOfCursor(query: object, cursor: string | undefined): { readonly key: bigint; readonly bidId: bigint } | undefined {
  if (cursor === undefined) return undefined;
  const [, key, id] = /^(\d{1,19}):(\d{1,19})$/.exec(placeIn(query, cursor)) ?? [];
  if (key === undefined || id === undefined || BigInt(key) > LARGE || BigInt(id) > LARGE) throw notOurs();
  return { key: BigInt(key), bidId: BigInt(id) };
}

/** A text that a page goes on after. @throws ProblemError for a text that is no cursor of this query. */
export const textOfCursor = (query: object, cursor: string | undefined): string | undefined =>
  cursor === undefined ? undefined : placeIn(query, cursor);

/** An entry of a log that a page goes on after. @throws ProblemError for a text that is no cursor of this query. */
export function sequenceOfCursor(query: object, cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined;
  const text = placeIn(query, cursor);
  if (!/^\d{1,19}$/.test(text) || BigInt(text) > LARGE) throw notOurs();
  return BigInt(text);
}
