import type { AnswerOf, QueryOf } from '#contracts';
import type { PriceHistoryOutcome, PriceHistoryRequest, PricePoint } from '#market';
import { formatMicros, formatMilli } from '#units';
import { ProblemError } from '../http/problem-error.js';
import { cursorAfter, sequenceOfCursor } from '../http/search-cursor.js';
import { formulaOf } from './formula.js';

type Query = QueryOf<'listPriceHistory'>;
type Answer = AnswerOf<'listPriceHistory'>;

/** What a cursor is bound to. */
const boundTo = ({ cursor: _, limit: __, ...rest }: Query): object => rest;

/** The part of a history as the use case takes it. @throws ProblemError for a cursor of another history. */
export function priceHistoryOf(query: Query): Pick<PriceHistoryRequest, 'slot' | 'resource' | 'siteId' | 'since' | 'after' | 'limit'> {
  const { slot, resource, siteId, since, cursor, limit } = query;
  const after = sequenceOfCursor(boundTo(query), cursor);
  return { slot, resource, siteId, since: since === undefined ? undefined : new Date(since), after, limit };
}

/** A page of prices as the API tells it. */
export const priceHistoryView =
  (query: Query) =>
  ({ points, next, through, head }: Extract<PriceHistoryOutcome, { kind: 'page' }>): Answer => ({
    items: points.map((point) => pointView(query.resource, point)),
    nextCursor: next === null ? null : cursorAfter(boundTo(query), next),
    through: through.toString(),
    head: head.toString(),
  });

const pointView = (resource: string, { sequence, at, because, prices, ...figures }: PricePoint): Answer['items'][number] => ({
  sequence: sequence.toString(),
  at: at.toISOString(),
  because: because ?? null,
  price: formatMicros(figures.price),
  sold: formatMilli(figures.usedMilli),
  capacity: formatMilli(figures.capacityMilli),
  supply: formatMilli(figures.supplyMilli),
  formula: formulaOf(prices, resource, figures),
});

/** Ends a request that asks about something that the market does not have. */
export function unnamedProblem({ path, message }: Extract<PriceHistoryOutcome, { kind: 'unnamed' }>): never {
  throw new ProblemError('invalid_query', { errors: [{ path, message }] });
}
