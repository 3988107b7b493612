import { at, invariant, canonicalJson } from '#units';
import { z } from 'zod';
import type { Operation } from './operation.js';
import {
  allocation,
  allocationFields,
  bidBody,
  type BidBodyWire,
  bidFields,
  bulkBody,
  bulkOf,
  changeBody,
  changeOf,
  idempotencyKey,
} from './schemas/bids.js';
import { type Fields, isFields, isPlainId, isPlainKey, isPlainLabel, isPlainValuation } from './schemas/plain-bid.js';

/** How jobs and plans of a kind are written on the wire. Each kind of libs/kinds has one; nothing here knows which kinds there are. */
export interface JobWire {
  /** What the field `kind` says. */
  readonly name: string;
  /** Fields of a bid's body beside `kind`, `label` and `valuation`; all of them required. */
  readonly body: z.ZodRawShape;
  /** Whether the schema takes these fields, where they are all there, as they are: then they need not be taken apart. False says nothing. */
  readonly isPlain?: (body: Fields) => boolean;
  /** A body as canonicalJson writes it, written quicker: without its kind, and without what is not of the bid. */
  readonly text?: (body: Fields) => string;
  /** Fields of an allocation that tell its plan. */
  readonly allocation: z.ZodRawShape;
}

/** What reads a body: a schema, or several of which the body's kind chooses one. */
export interface BodyForm<Body> {
  /** True only for what the form takes as it is. */
  readonly isPlain: (given: unknown) => given is Body;
  readonly safeParse: (given: unknown) => z.ZodSafeParseResult<Body>;
}

/** A bid of a bulk request once it is parsed. */
export type BulkItemWire = BidBodyWire & { readonly idempotencyKey: string };

/** The forms of bids of some kinds. */
export interface BidForms {
  readonly body: BodyForm<BidBodyWire>;
  /** One of many bids, with its key. */
  readonly item: BodyForm<BulkItemWire>;
  /** A body as it is stored and hashed: canonical, without what is not of the bid. A body of the first kind says nothing of its kind. */
  readonly text: (body: {
    readonly kind?: string | undefined;
    readonly label?: string | undefined;
    readonly valuation: unknown;
    readonly onFailure?: string | undefined;
    readonly continues?: string | undefined;
  }) => string;
  /** An operation with what its bids and allocations hold. */
  readonly complete: (operation: Operation) => Operation;
}

/** @param wires of all kinds; the first is the kind of bodies that name none. */
export function bidFormsOf(wires: readonly JobWire[]): BidForms {
  const body = formOf<BidBodyWire>(wires, {}, (given) => isPlainFields(wires, given, 1));
  const item = formOf<BulkItemWire>(
    wires,
    { idempotencyKey },
    (given) => isPlainKey(given.idempotencyKey) && isPlainFields(wires, given, 2),
  );
  const published = {
    body: anyOf(wires.map((wire, index) => bodySchema(wire, { index, beside: {} }))).meta({ id: 'BidBody' }),
    item: anyOf(wires.map((wire, index) => bodySchema(wire, { index, beside: { idempotencyKey } }))).meta({ id: 'BulkItem' }),
    allocation: anyOf(wires.map(allocationSchema)).meta({ id: 'Allocation' }),
  };
  const change = changeOf(published.body).meta({ id: 'ChangeBody' });
  const bulk = bulkOf(published.item).meta({ id: 'BulkBody' });
  const complete = (operation: Operation): Operation => ({
    ...operation,
    ...(operation.body === bidBody && { reader: body, isPlain: body.isPlain, publishedBody: published.body }),
    ...(operation.body === changeBody && { publishedBody: change }),
    ...(operation.body === bulkBody && { publishedBody: bulk }),
    ...(operation.responses[200]?.schema === allocation && {
      responses: { ...operation.responses, 200: { ...operation.responses[200], schema: published.allocation } },
    }),
  });
  return { body, item, text: (given) => textOf(wires, given), complete };
}

/** `kind` is left out, or says what it would be taken for. */
const kindField = ({ name }: JobWire, index: number) => (index === 0 ? z.literal(name).optional() : z.literal(name));

const bodySchema = (wire: JobWire, { index, beside }: { readonly index: number; readonly beside: z.ZodRawShape }) =>
  z.strictObject({ ...beside, kind: kindField(wire, index), ...bidFields, ...wire.body });

/** An allocation of the first kind says nothing of its kind. */
function allocationSchema(wire: JobWire, index: number) {
  const { bidId, marketId, ...rest } = allocationFields;
  return z.strictObject({ bidId, marketId, ...(index === 0 ? {} : { kind: z.literal(wire.name) }), ...wire.allocation, ...rest });
}

const anyOf = (schemas: readonly z.ZodObject[]): z.ZodType => {
  const [first, ...others] = schemas;
  invariant(first !== undefined, 'there is a kind of jobs');
  return others.length === 0 ? first.clone() : z.union([first, ...others]);
};

function formOf<Body>(wires: readonly JobWire[], beside: z.ZodRawShape, isPlain: (given: Fields) => boolean): BodyForm<Body> {
  const schemas = new Map(wires.map((wire, index) => [wire.name, bodySchema(wire, { index, beside })]));
  const { name: usual } = at(wires, 0);
  const known = wires.map(({ name }) => name).join(', ');
  const unknown = z.looseObject({
    kind: z.never(`is no kind of job here; the kinds are ${known}, and a bid that names none is of the kind ${usual}`),
  });
  const schemaOf = (given: unknown): z.ZodType => {
    const kind = isFields(given) && given.kind !== undefined ? given.kind : usual;
    return (typeof kind === 'string' ? schemas.get(kind) : undefined) ?? unknown;
  };
  return {
    isPlain: (given): given is Body => isFields(given) && isPlain(given),
    safeParse: (given) => schemaOf(given).safeParse(given) as z.ZodSafeParseResult<Body>,
  };
}

/** The fields that a bid must have, its label and its kind where it has one, and no others: their number says so. */
function isPlainFields(wires: readonly JobWire[], given: Fields, required: number): boolean {
  const { kind, label, onFailure, continues } = given;
  const wire = wireOf(wires, kind);
  if (!wire?.isPlain) return false;
  let count = required + fieldCount(wire);
  for (const field of [kind, label, onFailure, continues]) count += Number(field !== undefined);
  return (
    Object.keys(given).length === count &&
    (label === undefined || isPlainLabel(label)) &&
    (onFailure === undefined || onFailure === 'accept_late' || onFailure === 'refund') &&
    (continues === undefined || isPlainId(continues)) &&
    isPlainValuation(given.valuation) &&
    wire.isPlain(given)
  );
}

const wireOf = (wires: readonly JobWire[], kind: unknown): JobWire | undefined =>
  kind === undefined ? wires[0] : wires.find(({ name }) => name === kind);

const FIELD_COUNTS = new WeakMap<JobWire, number>();

function fieldCount(wire: JobWire): number {
  let count = FIELD_COUNTS.get(wire);
  if (count === undefined) FIELD_COUNTS.set(wire, (count = Object.keys(wire.body).length));
  return count;
}

function textOf(wires: readonly JobWire[], body: Parameters<BidForms['text']>[0]): string {
  const wire = wireOf(wires, body.kind);
  if (wire?.text && wire === wires[0]) return wire.text(body);
  const { kind, label, valuation, onFailure, continues } = body;
  const own = Object.fromEntries(Object.keys(wire?.body ?? {}).map((name) => [name, (body as Fields)[name]]));
  return canonicalJson({ ...own, ...(wire === wires[0] ? {} : { kind }), label, valuation, onFailure, continues });
}
