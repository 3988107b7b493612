import { z } from 'zod';
import { FAR_OFF } from '../faults.js';
import { LIMITS } from '../limits.js';

/** How an id is written. */
export const ID = /^[1-9]\d{0,18}$/;
/** Ids are decimal text: they outgrow what a JSON number holds exactly. */
export const id = z
  .string()
  .regex(ID, 'must be an id')
  .meta({ examples: ['17'] });
const AMOUNT = 'must be a decimal amount as text with at most 9 digits before and 6 after the point, such as "812.4"';
/** What a request may name: credits as decimal text with at most six fraction digits, zero or more. */
export const givenAmount = z
  .string(AMOUNT)
  .regex(/^\d{1,9}(\.\d{1,6})?$/, AMOUNT)
  .meta({ examples: ['812.4'] });
/** Credits as decimal text with at most six fraction digits, zero or more. */
export const amount = z
  .string()
  .regex(/^\d+(\.\d{1,6})?$/)
  .meta({ examples: ['812.4'] });
/** Credits as decimal text, of either sign. */
export const signedAmount = z.string().regex(/^-?\d+(\.\d{1,6})?$/);
/** A volume as decimal text with at most three fraction digits. */
export const volume = z.string().regex(/^\d+(\.\d{1,3})?$/);

const number = (message: string) => z.number({ error: (issue) => `${message}, not ${described(issue.input)}` });
const described = (input: unknown): string =>
  input === undefined
    ? 'nothing'
    : input === null
      ? 'null'
      : typeof input === 'object'
        ? 'an object or a list'
        : input === Infinity || input === -Infinity
          ? 'one that is too large to be read (beyond 1e308)'
          : JSON.stringify(input).slice(0, 40);

/** A quantity of a resource or of data, zero or more. */
export const quantity = number('must be a plain number without a unit')
  .min(0, 'must not be negative')
  .max(LIMITS.quantity, `must be at most ${LIMITS.quantity}`);
/** The least quantity that is not zero once it is in thousandths. */
export const QUANTITY_MIN = 0.001;

/** A quantity above zero. */
export const positive = number('must be a plain number without a unit')
  .min(QUANTITY_MIN, `must be at least ${QUANTITY_MIN}`)
  .max(LIMITS.quantity, `must be at most ${LIMITS.quantity}`);
/** A number in a range, both ends included. */
export const between = (min: number, max: number) =>
  number('must be a number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);
/** Numbers that are not exact any more are too large, or too small: that they are is said by the limits. */
export const count = (min: number, max: number) =>
  number('must be a whole number')
    .int({ error: ({ code }) => (code === 'invalid_type' ? 'must be a whole number' : FAR_OFF) })
    .min(min, min === 0 ? 'must not be negative' : `must be at least ${min}`)
    .max(max, `must be at most ${max}`);
/** A slot of a market. */
export const slot = count(0, LIMITS.slot);

/** Pushes what is wrong with values of a list or of fields, and stops once there is as much as one problem lists. */
function checkEach(schema: z.ZodType, entries: Iterable<readonly [PropertyKey, unknown]>, issues: z.core.$ZodRawIssue[]): void {
  for (const [at, value] of entries) {
    if (issues.length >= LIMITS.faults) return;
    const parsed = schema.safeParse(value);
    if (!parsed.success)
      for (const { message, path } of parsed.error.issues) issues.push({ code: 'custom', input: value, path: [at, ...path], message });
  }
}

/** A record of numbers. Like zod's own, but without writing a fault for each of thousands of bad values. */
export function recordOf(value: z.ZodType<number>, most?: { readonly names: number; readonly message: string }) {
  const record = z
    .record(z.string(), z.unknown())
    .check(({ value: fields, issues }) => {
      if (most && Object.keys(fields).length > most.names) issues.push({ code: 'custom', input: fields, message: most.message });
      else checkEach(value, Object.entries(fields), issues);
    })
    .meta({ additionalProperties: schemaText(value) });
  return record as unknown as z.ZodType<Record<string, number>, Record<string, number>>;
}

/** A list of numbers: as recordOf. */
export function listOf(value: z.ZodType<number>, { min, max, name: named }: { min: number; max: number; name: string }) {
  const numbers = z
    .array(z.unknown())
    .check(({ value: items, issues }) => {
      if (items.length < min)
        issues.push({ code: 'custom', input: items, message: `must have at least ${min === 1 ? 'one' : min} ${named}` });
      else if (items.length > max) issues.push({ code: 'custom', input: items, message: `must have at most ${max} ${named}s` });
      else checkEach(value, items.entries(), issues);
    })
    .meta({ items: schemaText(value), minItems: min, maxItems: max });
  return numbers as unknown as z.ZodType<number[], number[]>;
}

function schemaText(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...text } = z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>;
  return text;
}

const resourceName = z.string().regex(/^[A-Za-z]\w{0,39}$/, 'must be a letter followed by letters, digits or _ (at most 40)');
/** The names of a market's resources, in their order. */
export const resources = z
  .array(resourceName)
  .min(1, 'must name at least one resource')
  .max(LIMITS.resources, `must name at most ${LIMITS.resources} resources`)
  .refine((names) => new Set(names).size === names.length, 'must not name a resource twice')
  .refine((names) => !names.includes('bandwidth'), '"bandwidth" is not a resource of a site');
/** A quantity of each of some resources, by name. */
export const quantities = recordOf(quantity);
/** A moment, as in RFC 3339. */
export const time = z.iso.datetime();

/** A parameter of a query: as text, and given once. */
export const once = <Schema extends z.ZodType>(schema: Schema, read: (text: string) => unknown = (text) => text) =>
  z.preprocess((given, context) => {
    if (given === undefined || typeof given === 'string') return given === undefined ? given : read(given);
    context.addIssue('must be given once');
    return z.NEVER;
  }, schema);

/** A moment of a query. */
export const timeText = once(z.iso.datetime({ offset: true, error: 'must be a moment, such as 2026-11-29T12:00:00Z' }));

/** Whole numbers as they are written: decimal digits, and no zero before others. One that is too large to be exact is too large for any range. */
const wholeOf = (text: string): unknown => (/^(?:0|[1-9]\d*)$/.test(text) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : text);
/** A whole number of a query. */
export const wholeText = ({ min, max }: { readonly min: number; readonly max: number }) => once(count(min, max), wholeOf);

/** What a list is asked with: pages of `rows` rows where the caller doesn't say, of `most` at most. */
export const pageQueryOf = (rows: number, most: number = LIMITS.pageRows) => ({
  cursor: once(z.string().max(200, 'is not a cursor of this list')).optional(),
  limit: wholeText({ min: 1, max: most }).default(rows),
});
/** Of lists that grow with use. */
export const pageQuery = pageQueryOf(LIMITS.pageRowsDefault);
/** Of lists that whoever asks for no page mostly gets whole. */
export const wholeQuery = pageQueryOf(LIMITS.pageRows);
/** A page: pass `nextCursor` as `cursor` for the rows after it; null on the last page. */
export const page = <Row extends z.ZodType>(row: Row) => z.strictObject({ items: z.array(row), nextCursor: z.string().nullable() });
