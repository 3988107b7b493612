import { type BidForms, type Offer, optionTold, QUOTE_DIGEST_LENGTH, type QuoteId, quoteIdOf, readIfMatch } from '#contracts';
import type { QuotedTerms, ReplacedTerms } from '#kinds';
import type { BidRecord } from '#market';
import { canonicalJson } from '#units';
import { ProblemError } from '../http/problem-error.js';
import { requestHash } from '../http/request-hash.js';

/** A completion and its price in micro-credits. */
interface Best {
  readonly completion: number;
  readonly price: bigint;
}

/** What a quote is for. */
interface Quotable {
  readonly marketId: bigint;
  readonly body: Parameters<BidForms['text']>[0];
}

/** Of market, job and valuation; what a bid is called makes no other quote of it. */
function digestOf(forms: BidForms, { marketId, body: { label: _, ...body } }: Quotable): string {
  return requestHash(`quote:${marketId}`, forms.text(body)).toString('hex').slice(0, QUOTE_DIGEST_LENGTH);
}

/** The id of a quote. @param best null where the bid would be refused. */
export function quoteIdFor(forms: BidForms, quotable: Quotable, priceVersion: bigint, best: Best | null): string {
  return quoteIdOf({
    priceVersion: priceVersion.toString(),
    best: best && { completion: best.completion, priceMicros: best.price.toString() },
    digest: digestOf(forms, quotable),
  });
}

/**
 * The quote that a bid names; undefined where it names none, or any.
 * @throws ProblemError where what it names is no quote, or one of another job.
 */
export function namedQuote(forms: BidForms, quotable: Quotable, ifMatch: string | undefined): QuoteId | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined;
  const named = readIfMatch(ifMatch);
  const fault = !named
    ? 'must be the id of one quote, as in its ETag'
    : named.digest === digestOf(forms, quotable)
      ? undefined
      : 'is a quote for another market, job or valuation: ask for one with this body';
  if (fault !== undefined) throw new ProblemError('invalid_header', { errors: [{ path: 'If-Match', message: fault }] });
  return named;
}

/** What a bid goes by beside its body. */
interface Terms {
  readonly quote?: QuoteId | undefined;
  readonly replaces?: ReplacedTerms | undefined;
}

/** A body as it is stored with the terms of quotes. @param text as it is stored without them. */
export function withTerms(text: string, { quote, replaces }: Terms): string {
  if (!quote && !replaces) return text;
  return canonicalJson({ ...(JSON.parse(text) as object), ...(quote && { quote: termsOf(quote) }), ...(replaces && { replaces }) });
}

const termsOf = ({ priceVersion, best }: QuoteId): QuotedTerms => ({
  priceVersion,
  ...(best && { completion: best.completion, paymentMicros: best.priceMicros }),
});

/** Ends the request of a bid whose quote was outdated when it was decided: with what it would have been answered then. */
export function failOutdated({ bidId, decision }: BidRecord, { digest }: QuoteId, headers: Readonly<Record<string, string>>): void {
  if (decision?.reason?.code !== 'quote_outdated') return;
  const { priceVersion, arrivalSlot, reason } = decision;
  const { detail, nearest } = reason;
  const best = nearest && nearest.value > nearest.price ? nearest : null;
  const version = priceVersion.toString();
  const quote: Offer = {
    id: quoteIdOf({
      priceVersion: version,
      best: best && { completion: best.completion, priceMicros: best.price.toString() },
      digest,
    }),
    priceVersion: version,
    arrivalSlot,
    best: best && optionTold(best),
  };
  throw new ProblemError('quote_outdated', { detail, bidId: bidId.toString(), quote }, headers);
}
