/** The allocation that a bid takes the place of, and by which quote for cancelling. */
export interface ReplacedTerms {
  readonly bidId: string;
  /** In which slot of the market the quote stands. */
  readonly slot: number;
  /** What it said would come back. */
  readonly returnedMicros: string;
}

const ID = /^[1-9]\d{0,18}$/;
const AMOUNT = /^(0|[1-9]\d{0,18})$/;

/** Whether a JSON value is such terms as they are stored with a bid. */
export function isReplacedTerms(value: unknown): value is ReplacedTerms {
  if (typeof value !== 'object' || value === null) return false;
  const { bidId, slot, returnedMicros, ...rest } = value as Readonly<Record<string, unknown>>;
  const isText = (text: unknown, form: RegExp): boolean => typeof text === 'string' && form.test(text);
  return isText(bidId, ID) && isText(returnedMicros, AMOUNT) && Number.isSafeInteger(slot) && Object.keys(rest).length === 0;
}
