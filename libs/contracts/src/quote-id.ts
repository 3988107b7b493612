/** What the id of a quote says: the price version that it saw, what the bid would pay then, and for which bid it was given. */
export interface QuoteId {
  readonly priceVersion: string;
  /** Null where the bid would be refused. */
  readonly best: { readonly completion: number; readonly priceMicros: string } | null;
  /** Of the market and of the bid: hexadecimal. */
  readonly digest: string;
}

/** Hexadecimal digits of a digest: what tells apart the bids that somebody asks quotes for. */
export const QUOTE_DIGEST_LENGTH = 24;

const ID = new RegExp(`^q(\\d{1,19})(?:-(\\d{1,10})-(\\d{1,30}))?-([0-9a-f]{${QUOTE_DIGEST_LENGTH}})$`);

/** A quote's id as text. It holds all that the quote binds to, so that quotes are stored nowhere. */
export const quoteIdOf = ({ priceVersion, best, digest }: QuoteId): string =>
  ['q' + priceVersion, ...(best ? [best.completion, best.priceMicros] : []), digest].join('-');

/** What `If-Match` names: an entity tag, or the id alone. @returns undefined where it is no id of a quote. */
export function readIfMatch(header: string): QuoteId | undefined {
  const [, priceVersion, completion, priceMicros, digest] = ID.exec(header.trim().replace(/^"(.*)"$/, '$1')) ?? [];
  if (priceVersion === undefined || digest === undefined) return undefined;
  const isOffer = completion !== undefined && priceMicros !== undefined;
  return { priceVersion, best: isOffer ? { completion: Number(completion), priceMicros } : null, digest };
}
