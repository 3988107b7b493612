/** What a quote said: of which price version, and what the bid would pay and when it would complete; neither where it would be refused. */
export interface QuotedTerms {
  readonly priceVersion: string;
  /** Absolute slot. */
  readonly completion?: number | undefined;
  readonly paymentMicros?: string | undefined;
}

const DIGITS = /^\d{1,30}$/;
const isDigits = (value: unknown): boolean => typeof value === 'string' && DIGITS.test(value);

/** Whether a JSON value is the terms of a quote as they are stored with a bid. */
export function isQuotedTerms(value: unknown): value is QuotedTerms {
  if (typeof value !== 'object' || value === null) return false;
  const { priceVersion, completion, paymentMicros, ...rest } = value as Readonly<Record<string, unknown>>;
  const isOffer = Number.isSafeInteger(completion) && isDigits(paymentMicros);
  const isNone = completion === undefined && paymentMicros === undefined;
  return isDigits(priceVersion) && (isOffer || isNone) && Object.keys(rest).length === 0;
}
