/** A volume: a whole number of thousandths of a unit (kB of an MB, milli-CPU of a CPU). Held as a safe integer. */
export type Milli = number & { readonly __unit: 'milli' };

const SLACK = 1e-6; // decimals such as 97.4 * 1000 land a hair beside the whole number that was written

/** What a job asks for, rounded up to the next milli-unit: never less than asked (+ 0: no negative zero). */
export const demandMilli = (units: number): Milli => (Math.ceil(units * 1000 - SLACK) + 0) as Milli;

/** What a site offers, rounded down to a milli-unit: never more than there is. */
export const supplyMilli = (units: number): Milli => Math.floor(units * 1000 + SLACK) as Milli;

/** Writes milli-units as a decimal of units: 97400 becomes "97.4". */
export const formatMilli = (milli: number): string => String(milli / 1000);
