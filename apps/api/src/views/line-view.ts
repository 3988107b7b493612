import type { AnswerOf } from '#contracts';
import type { LineRecord } from '#market';
import { formatMicros, formatMilli, invariant } from '#units';

/** Sites of a market by their ordinals, as the API names them. */
export const siteIdsTold =
  (siteIds: readonly bigint[]) =>
  (ordinal: number): string => {
    const siteId = siteIds[ordinal];
    invariant(siteId !== undefined, 'an allocation names sites of its market');
    return siteId.toString();
  };

/** A line of a payment as the API tells it. */
export const lineTold = (line: LineRecord, idOf: (ordinal: number) => string): AnswerOf<'getAllocation'>['lines'][number] => ({
  slot: line.slot,
  siteId: line.site === null ? null : idOf(line.site),
  resource: line.resource,
  quantity: formatMilli(line.quantityMilli),
  unitPrice: formatMicros(BigInt(line.unitPrice)),
  amount: formatMicros(BigInt(line.amount)),
});
