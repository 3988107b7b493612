import { type AnswerOf, cancellationIdOf, readCancellationId } from '#contracts';
import type { Cancellation, CancellationQuote, CancellationTerms, CancelOutcome } from '#market';
import { formatMicros } from '#units';
import { ProblemError } from '../http/problem-error.js';

const pricedOf = ({ slot, returned, kept, isFree }: Cancellation) => ({
  slot,
  returned: formatMicros(returned),
  kept: formatMicros(kept),
  free: isFree,
});

/** A quote for cancelling as the API tells it. */
export function cancellationQuoteView(quote: CancellationQuote): AnswerOf<'quoteCancellation'> {
  const { bidId, slot, returned, expiresMs, priceVersion, slots } = quote;
  return {
    id: cancellationIdOf({ bidId: bidId.toString(), slot, returnedMicros: returned, expiresMs }),
    bidId: bidId.toString(),
    priceVersion: priceVersion.toString(),
    expiresAt: new Date(expiresMs).toISOString(),
    ...pricedOf(quote),
    slots: slots.map(({ slot: at, paid, price, keptThousandths, returned: back }) => ({
      slot: at,
      paid: formatMicros(paid),
      price: formatMicros(price),
      keptShare: keptThousandths / 1000,
      returned: formatMicros(back),
    })),
  };
}

/** What a cancellation goes by. @throws ProblemError where its quote was given for another allocation. */
export function cancellationTermsOf({ quote }: { readonly quote: string }, { bidId }: { readonly bidId: bigint }): CancellationTerms {
  const terms = readCancellationId(quote);
  if (terms?.bidId === bidId.toString()) return terms;
  throw new ProblemError('invalid_body', { errors: [{ path: '$.quote', message: `was given for another allocation than ${bidId}` }] });
}

type Outcome<Kind extends CancelOutcome['kind']> = Extract<CancelOutcome, { kind: Kind }>;

/** A cancellation as the API tells it. */
export const cancelledView = ({ bidId, sequence, cancellation }: Outcome<'cancelled'>): AnswerOf<'cancelAllocation'> => ({
  bidId: bidId.toString(),
  sequence: sequence.toString(),
  ...pricedOf(cancellation),
});

/** Ends a request whose quote says something else than cancelling would come to now. */
export function cancellationProblem({ detail, quote }: Outcome<'outdated'>): never {
  throw new ProblemError('cancellation_outdated', { detail, cancellation: cancellationQuoteView(quote) });
}
