/** Made once: making one takes longer than a row of a list may. */
const WHOLES = new Intl.NumberFormat('en-US');
const VOLUMES = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** Whole numbers with groups. */
export const count = (value: number | bigint): string => WHOLES.format(value);

/** A volume with up to three digits of a unit. */
export const volume = (value: number): string => VOLUMES.format(value);

/** A share of 1 as per cent. */
export const percent = (share: number, digits = 0): string => `${(share * 100).toFixed(digits)} %`;

/** How long ago, in the greatest unit that fits. @param ms the age */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

const MOMENTS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const TIMES = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** A moment in the reader's own time: to the second. */
export const moment = (iso: string | null | undefined): string => (iso ? MOMENTS.format(new Date(iso)) : '–');

/** A time of day in the reader's own time. */
export const timeOfDay = (iso: string): string => TIMES.format(new Date(iso));

/** How many of something: `plural(1, 'site')` is "1 site". */
export const plural = (many: number, one: string, more = `${one}s`): string => `${count(many)} ${many === 1 ? one : more}`;

/** What so many slots are in hours or days. */
export function lengthOf(slots: number, slotMinutes: number): string {
  const minutes = slots * slotMinutes;
  if (minutes < 120) return `${minutes} min`;
  const hours = minutes / 60;
  return hours < 72 ? `${volume(Math.round(hours * 10) / 10)} h` : `${volume(Math.round(hours / 2.4) / 10)} days`;
}

/** A code such as price_above_value as words. */
export const inWords = (code: string): string => code.replaceAll('_', ' ');
/** The same at the beginning of a line. */
export const titled = (code: string): string => inWords(code).replace(/^./, (first) => first.toUpperCase());
