import type { BidSearchFilter, BidSort } from '#market';

/** What bids are searched by: the columns of `decided_bid`, whichever table they come from. */
const COLUMNS = `market_id, bid_id, sequence, organisation_id, label, status, reason, received_at, value_micros, payment_micros`;

/**
 * Bids of market $1 as they are at that moment, in three parts that have no bid in common: decided ones that were taken in, those whose decisions were
 * not taken in yet, and those that wait for theirs. Filters and orders are pushed into each part, where its indices serve them.
 */
const PARTS = {
  takenIn: `(SELECT ${COLUMNS} FROM decided_bid WHERE market_id = $1)`,
  decided: `(SELECT d.market_id, d.bid_id, d.sequence, b.organisation_id, b.label, d.outcome::text AS status, d.reason->>'code' AS reason, b.received_at,
      coalesce(d.value_micros, 0) AS value_micros, d.payment_micros
    FROM decision d JOIN bid b ON b.id = d.bid_id
    WHERE d.market_id = $1 AND d.sequence > coalesce((SELECT p.sequence FROM view_progress p WHERE p.market_id = $1), 0))`,
  queued: `(SELECT u.market_id, u.bid_id, NULL::bigint AS sequence, b.organisation_id, b.label, 'queued' AS status, NULL AS reason, b.received_at,
      0::bigint AS value_micros, 0::bigint AS payment_micros
    FROM undecided_bid u JOIN bid b ON b.id = u.bid_id WHERE u.market_id = $1)`,
} as const;

/** What each order goes by. */
const KEYS: Readonly<Record<BidSort, string>> = {
  placed: 'x.bid_id',
  decided: 'x.sequence',
  value: 'x.value_micros',
  payment: 'x.payment_micros',
};

/** Collects the values of a statement while it is written. */
export class Values {
  readonly list: unknown[];

  constructor(...first: readonly unknown[]) {
    this.list = [...first];
  }

  /** Adds a value. @returns its parameter. */
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/** Whose bids are looked for, and which. */
export interface Wanted {
  /** Only those of an organisation, where the viewer does not oversee the market. */
  readonly ownerId: bigint | undefined;
  readonly filter: BidSearchFilter;
  /** Whether bids that wait for their decision are among them. */
  readonly withQueued: boolean;
}

/** The parts that may have such bids. */
function partsOf({ filter, withQueued }: Wanted): readonly string[] {
  const { status, reason, valueMin, valueMax, paymentMin, paymentMax } = filter;
  const isOfDecision = [reason, valueMin, valueMax, paymentMin, paymentMax].some((each) => each !== undefined);
  const decided = status === 'queued' ? [] : [PARTS.takenIn, PARTS.decided];
  const queued = withQueued && !isOfDecision && (status === undefined || status === 'queued') ? [PARTS.queued] : [];
  return [...decided, ...queued];
}

function conditionsOf({ ownerId, filter }: Wanted, values: Values): string[] {
  const conditions: string[] = [];
  const add = (value: unknown, condition: (parameter: string) => string): void => {
    if (value !== undefined) conditions.push(condition(values.add(value)));
  };
  add(ownerId, (of) => `x.organisation_id = ${of}`);
  add(filter.status === 'queued' ? undefined : filter.status, (is) => `x.status = ${is}`);
  add(filter.reason, (is) => `x.reason = ${is}`);
  add(filter.label, (is) => `x.label = ${is}`);
  add(filter.labelPrefix && `${filter.labelPrefix.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`, (like) => `x.label LIKE ${like}`);
  add(filter.organisationId, (of) => `x.organisation_id = ${of}`);
  add(filter.placedSince, (from) => `x.received_at >= ${from}`);
  add(filter.placedBefore, (to) => `x.received_at < ${to}`);
  add(filter.valueMin, (least) => `x.value_micros >= ${least}`);
  add(filter.valueMax, (most) => `x.value_micros <= ${most}`);
  add(filter.paymentMin, (least) => `x.payment_micros >= ${least}`);
  add(filter.paymentMax, (most) => `x.payment_micros <= ${most}`);
  return conditions;
}

/** How a page is ordered, and where it begins. */
export interface Ordered {
  readonly sort: BidSort;
  readonly descending: boolean;
  readonly after: { readonly key: bigint; readonly bidId: bigint } | undefined;
  readonly limit: number;
}

/** The ids of a page of bids with what they are ordered by, in SQL: each part gives no more than a page. */
export function pageOfBids(wanted: Wanted, { sort, descending, after, limit }: Ordered, values: Values): string {
  const key = KEYS[sort];
  const conditions = conditionsOf(wanted, values);
  if (after)
    conditions.push(`(${key}, x.bid_id) ${descending ? '<' : '>'} (${values.add(after.key)}::bigint, ${values.add(after.bidId)}::bigint)`);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const direction = descending ? 'DESC' : 'ASC';
  const most = values.add(limit);
  const parts = partsOf(wanted).map(
    (part) => `(SELECT ${key} AS key, x.bid_id FROM ${part} x ${where} ORDER BY ${key} ${direction}, x.bid_id ${direction} LIMIT ${most})`,
  );
  return `SELECT key, bid_id FROM (${parts.join(' UNION ALL ')}) AS found ORDER BY key ${direction}, bid_id ${direction} LIMIT ${most}`;
}

/** All such bids, in SQL. */
export function allBids(wanted: Wanted, values: Values): string {
  const conditions = conditionsOf(wanted, values);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return partsOf(wanted)
    .map((part) => `SELECT x.* FROM ${part} x ${where}`)
    .join(' UNION ALL ');
}
