import type { QuotedTerms } from '#kinds';
import { brokenCap, capText, type Decision, type Refusal, type RefusalCode, type SpendingCap } from '#mechanism';
import { formatMicros } from '#units';

/** A quote that a bid names, and what it meets. */
interface Meeting {
  readonly quote: QuotedTerms;
  /** Of the book that the decision was made on. */
  readonly priceVersion: bigint;
  /** What the wallet can pay, micro-credits. */
  readonly fundsMicros: bigint;
  /** What budgets leave. */
  readonly caps?: readonly SpendingCap[] | undefined;
}

/**
 * Holds a decision to the quote that its bid names: it stands where the market's prices are those that the quote saw, and the bid pays and completes as the
 * quote said. Otherwise the bid is refused, and told what it would be answered now.
 * @param decision made as the quote was: without regard to wallet and budgets, which are looked at here.
 */
export function heldToQuote(decision: Decision, { quote, priceVersion, fundsMicros, caps = [] }: Meeting): Decision {
  if (!isAsQuoted(decision, quote, priceVersion)) return { kind: 'refused', refusal: outdated(decision, quote, priceVersion) };
  if (decision.kind === 'refused') return decision;
  const { completion, payment, value, lines } = decision;
  const option = { completion, price: payment, value };
  const quoted = `completion ${completion} costs ${formatMicros(payment)}, as quoted`;
  const refused = (code: RefusalCode, detail: string): Decision => ({
    kind: 'refused',
    refusal: { code, detail: `${quoted}; ${detail}`, nearest: option, cheapest: option },
  });
  if (payment > fundsMicros) return refused('insufficient_funds', `the wallet can pay ${formatMicros(fundsMicros)}`);
  const broken = brokenCap(caps, lines);
  return broken ? refused('budget_exhausted', capText(broken, lines)) : decision;
}

function isAsQuoted(decision: Decision, quote: QuotedTerms, priceVersion: bigint): boolean {
  if (quote.priceVersion !== priceVersion.toString()) return false;
  if (decision.kind === 'refused') return quote.completion === undefined;
  return decision.completion === quote.completion && decision.payment.toString() === quote.paymentMicros;
}

function outdated(decision: Decision, { priceVersion: seen }: QuotedTerms, priceVersion: bigint): Refusal {
  const moved =
    seen === priceVersion.toString()
      ? `the prices of version ${seen} say otherwise than the quote`
      : `prices have moved from version ${seen}, which the quote saw, to ${priceVersion}`;
  if (decision.kind === 'refused') {
    const { code, detail, ...options } = decision.refusal;
    return { ...options, code: 'quote_outdated', detail: `${moved}; now it would be refused, ${code}: ${detail}` };
  }
  const { completion, payment, value } = decision;
  const detail = `${moved}; now completion ${completion} costs ${formatMicros(payment)}`;
  return { code: 'quote_outdated', detail, nearest: { completion, price: payment, value } };
}
