import { at, formatMicros } from '#units';
import { z } from 'zod';
import { LIMITS } from '../limits.js';
import { REFUSAL_CODES, type RefusalCode } from '../refusals.js';
import { cancelBody, lifeFields } from './allocations.js';
import { offer, option, problem } from './problem.js';
import { amount, count, id, listOf, once, page, pageQuery, positive, quantity, slot, time, volume } from './primitives.js';
import { label } from './text.js';

const worth = quantity;
const tableValues = listOf(worth, { min: 1, max: LIMITS.horizonSlots, name: 'value' }).check(({ value, issues }) => {
  const rise = value.findIndex((worthThen, index) => index > 0 && worthThen > at(value, index - 1));
  if (rise > 0)
    issues.push({
      code: 'custom',
      input: value,
      path: [rise],
      message: `must not rise: ${value[rise]} is above the value before it, ${value[rise - 1]}`,
    });
});
/** What finishing d slots after arrival is worth, in credits. */
export const valuation = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('sigmoid'), scale: worth, tau: worth, width: positive }),
      z.strictObject({ kind: z.literal('deadline'), value: worth, deadline: count(0, LIMITS.horizonSlots) }),
      z.strictObject({ kind: z.literal('linear'), value: worth, decay: worth }),
      z.strictObject({ kind: z.literal('table'), values: tableValues }),
    ],
    { error: (issue) => (issue.code === 'invalid_union' ? 'must have the kind sigmoid, deadline, linear or table' : undefined) },
  )
  .meta({ id: 'Valuation' });

/** What is to become of a job that loses capacity and would be done later than was sold. */
export const onFailure = z
  .enum(['accept_late', 'refund'], 'must be accept_late or refund')
  .describe(
    'Where capacity fails and the job would be late: accept_late (so it is where nothing is said), or leave and have all back: refund.',
  );

/** A bid's body as every kind of job has it; what else is in it is its kind's, and read by the kind's form (bid-forms.ts). */
export const bidFields = {
  label: label.optional(),
  valuation,
  onFailure: onFailure.optional(),
  continues: id.optional().describe('An allocation of the same organisation that this bid goes on with: told on both, and nothing else.'),
};
/** What `kind`, `label` and `valuation` say; the other fields belong to the kind. */
export type BidBodyWire = {
  readonly kind?: string | undefined;
  readonly label?: string | undefined;
  readonly valuation: z.infer<typeof valuation>;
  readonly onFailure?: z.infer<typeof onFailure> | undefined;
  readonly continues?: string | undefined;
};
/** Checked by the form of its kind. */
export const bidBody = z.custom<BidBodyWire>();

/** The body of a change: the quote for cancelling that it goes by, and what is to take its place. */
export const changeOf = <Bid extends z.ZodType>(body: Bid) => z.strictObject({ ...cancelBody.shape, bid: body });
/** The bid is checked by the form of its kind. */
export const changeBody = changeOf(bidBody);

/** What an idempotency key may consist of: visible ASCII. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]+$/;
/** The key that makes a repeated request the same request. */
export const idempotencyKey = z
  .string('is missing')
  .min(1, 'must not be empty')
  .max(LIMITS.idempotencyKeyLength, `must have at most ${LIMITS.idempotencyKeyLength} characters`)
  .regex(IDEMPOTENCY_KEY, 'must be printable ASCII without spaces');

/** A body of many bids. */
export const bulkOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    bids: z.array(item).min(1, 'must hold at least one bid').max(LIMITS.bulkBids, `must hold at most ${LIMITS.bulkBids} bids`),
  });
/** Items are checked one by one, each by the form of its kind, so that one bad bid costs only its own result. */
export const bulkBody = bulkOf(z.unknown());
/** Why a bid was refused, and what would have passed. */
export const refusal = z
  .strictObject({
    code: z.enum(REFUSAL_CODES),
    detail: z.string(),
    nearest: option.optional(),
    cheapest: option.optional(),
    floor: option.optional(),
  })
  .meta({ id: 'Refusal' });

/** An option of a menu as the market works with it. */
interface ToldOption {
  readonly completion: number;
  readonly price: bigint;
  readonly value: bigint;
}

interface KeptRefusal {
  readonly code: RefusalCode;
  readonly detail: string;
  readonly nearest?: ToldOption;
  readonly cheapest?: ToldOption;
  readonly floor?: ToldOption;
}

/** An option of a menu as it is told. */
export const optionTold = ({ completion, price, value }: ToldOption): z.output<typeof option> => ({
  completion,
  price: formatMicros(price),
  value: formatMicros(value),
});

/** A refusal as it is told. */
export const refusalTold = ({ code, detail, nearest, cheapest, floor }: KeptRefusal): z.output<typeof refusal> => ({
  code,
  detail,
  ...(nearest && { nearest: optionTold(nearest) }),
  ...(cheapest && { cheapest: optionTold(cheapest) }),
  ...(floor && { floor: optionTold(floor) }),
});

const decision = z.strictObject({
  sequence: z.string(),
  priceVersion: z.string(),
  completion: slot.nullable(),
  value: amount.nullable(),
  payment: amount,
  reason: refusal.nullable(),
  decidedAt: time,
  /** What became of a bid so far. */
});
export const bidStatus = z.enum(['queued', 'accepted', 'refused'], 'must be queued, accepted or refused');
/** A bid with its decision. */
export const bid = z
  .strictObject({
    id,
    marketId: id,
    organisationId: id,
    label: z.string().nullable(),
    status: bidStatus,
    receivedAt: time,
    arrivalSlot: slot.nullable(),
    decision: decision.nullable(),
    allocationId: id.nullable(),
  })
  .meta({ id: 'Bid' });
/** A bid that was taken in and is not decided. */
export const queuedBid = z.strictObject({ id, status: z.literal('queued') }).meta({ id: 'QueuedBid' });
/** A result for each bid of a bulk request, in their order. */
export const bulkResult = z
  .strictObject({ results: z.array(z.union([z.strictObject({ id, status: bidStatus }), z.strictObject({ problem })])) })
  .meta({ id: 'BulkResult' });

/** The query of a list of bids. */
export const bidsQuery = z.strictObject({ ...pageQuery, status: once(bidStatus).optional(), label: once(label).optional() });
/** A page of bids. */
export const bidPage = page(bid);

/** A budget with what it has left of a period. */
export const budgetLeft = {
  name: z.string(),
  period: z.string().describe('2026-11-29, 2026-11 or all.'),
  from: slot,
  to: slot.describe('The first slot on sale after the period.'),
  left: amount,
};
/** A quote: the menu, and what is best in it. */
export const quote = z
  .strictObject({
    ...offer.shape,
    menu: z.array(z.strictObject({ completion: slot, price: amount })),
    beyondBudget: z
      .strictObject({
        completion: slot,
        price: amount,
        takes: amount.describe('What it would take of that budget.'),
        budget: z.strictObject(budgetLeft),
      })
      .optional()
      .describe('What would be best, where a budget has no room for it; `best` is the best of what budgets leave.'),
    reason: refusal.optional(),
  })
  .meta({ id: 'Quote' });

/** A line of a payment. */
export const line = z.strictObject({ slot, siteId: id.nullable(), resource: z.string(), quantity: volume, unitPrice: amount, amount });
/** What every allocation tells, whatever kind of job it is for; the plan is told in the words of the kind. */
export const allocationFields = { bidId: id, marketId: id, payment: amount, lines: z.array(line), ...lifeFields };
/** An allocation with the fields of its kind beside these. */
export const allocation = z.looseObject({ ...allocationFields, kind: z.string().optional() });
