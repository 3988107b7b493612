import { bidFormsOf, type BidForms, isFields, type JobWire } from '#contracts';
import { admit, createBook, type MarketSpec, paperRule, valuationFaults } from '#mechanism';
import { canonicalJson, invariant, micros, type Milli } from '#units';
import type { BidBody, BidContext, BodyFault, JobKind, KindBid } from './kind.js';
import { isQuotedTerms } from './quoted-terms.js';
import { isReplacedTerms } from './replaced-terms.js';

/** At most so many faults are listed. */
export const FAULTS_MAX = 20;

/** A bid as its body means it, or what is wrong with the body. */
export type BidReading =
  { readonly kind: 'bid'; readonly bid: KindBid } | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] };

/** The kinds of jobs that a program knows. The one that runs it hands them in. */
export interface Kinds {
  readonly names: readonly string[];
  /** Of all kinds, the usual one first. */
  readonly wires: readonly JobWire[];
  /** The kind of that name; undefined where there is none. */
  named(name: string): JobKind | undefined;
  /** The kind of a body that was read once; of one that names none the first of the list. */
  of(body: Pick<BidBody, 'kind'>): JobKind;
  /** Whether a JSON value has the form of a bid of one of the kinds. */
  hasForm(value: unknown): value is BidBody;
  /**
   * Reads a body as a bid, in the market's own order of sites and resources.
   * @returns the bid, or what is wrong with the body (unknown kind, unknown site, a number out of its range, a rising valuation).
   */
  parse(body: BidBody, context: BidContext): BidReading;
  /** For a context that many bodies are held against: tells whether `parse` reads a body as a bid there, without making the bid. */
  readabilityIn(context: BidContext): (body: BidBody) => boolean;
}

/** The kinds that a program is given by whoever starts it. */
export interface KnownKinds {
  readonly kinds: Kinds;
  /** The module whose `standardKinds` makes the same list in a thread; that of libs/kinds where it is not said. */
  readonly kindsFrom?: string;
}

/**
 * A list of kinds; the first is the kind of bodies that name none. Its laws are checked now: names are unique, and the example of each kind is read,
 * admitted, found valid, and its plan the same again once it was stored.
 */
export function createKinds(list: readonly JobKind[]): Kinds {
  const [usual] = list;
  invariant(list.length > 0, 'there is a kind of job');
  const byName = new Map(list.map((kind) => [kind.name, kind]));
  invariant(byName.size === list.length, `kinds of jobs have names of their own: ${list.map(({ name }) => name).join(', ')}`);
  const forms = bidFormsOf(list.map(({ wire }) => wire));
  const find = ({ kind }: Pick<BidBody, 'kind'>): JobKind | undefined => (kind === undefined ? usual : byName.get(kind));
  const names = [...byName.keys()];
  const kinds: Kinds = {
    names,
    wires: list.map(({ wire }) => wire),
    named: (name) => byName.get(name),
    of: (body) => {
      const kind = find(body);
      invariant(kind !== undefined, `a bid of the kind ${body.kind} was taken in by a program that knows it`);
      return kind;
    },
    hasForm: (value): value is BidBody => hasForm(forms, value),
    parse: (body, context) => parse(find(body), body, { context, names }),
    readabilityIn: (context) => {
      const tests = new Map(list.map((kind) => [kind, readabilityOf(kind, context)]));
      return (body) => {
        const kind = find(body);
        return kind !== undefined && tests.get(kind)?.(body) === true && valuationFaults(body.valuation).length === 0;
      };
    },
  };
  for (const kind of list) checkKind(kinds, kind);
  return kinds;
}

/** Bodies are stored with the terms of the quotes that they name: for the job, or for cancelling what it takes the place of. */
function hasForm({ body }: BidForms, value: unknown): boolean {
  if (!isFields(value) || (value.quote === undefined && value.replaces === undefined))
    return body.isPlain(value) || body.safeParse(value).success;
  const { quote, replaces, ...placed } = value;
  const areTerms = (quote === undefined || isQuotedTerms(quote)) && (replaces === undefined || isReplacedTerms(replaces));
  return areTerms && body.safeParse(placed).success;
}

const readabilityOf = (kind: JobKind, context: BidContext): ((body: BidBody) => boolean) =>
  kind.readabilityIn?.(context) ?? ((body) => kind.parse(body, context).kind === 'job');

function parse(
  kind: JobKind | undefined,
  body: BidBody,
  { context, names }: { readonly context: BidContext; readonly names: readonly string[] },
): BidReading {
  if (!kind) return { kind: 'faults', faults: [{ path: '$.kind', message: `is no kind of job here; the kinds are ${names.join(', ')}` }] };
  const reading = kind.parse(body, context);
  const faults: BodyFault[] = reading.kind === 'faults' ? [...reading.faults] : [];
  for (const { path, message } of valuationFaults(body.valuation)) faults.push({ path: `$.valuation${path}`, message });
  if (faults.length > 0 || reading.kind === 'faults') return { kind: 'faults', faults: faults.slice(0, FAULTS_MAX) };
  return { kind: 'bid', bid: { kind, job: reading.job, valuation: body.valuation } };
}

const milli = (units: number): Milli => (1000 * units) as Milli;

/** Where examples are tried: two sites with a little of everything, over a few slots. */
const EXAMPLE_MARKET: MarketSpec = {
  resources: ['gpu', 'cpu', 'memoryGB'],
  sites: ['1', '2'].map((id) => ({ id, capacityMilli: [milli(4), milli(16), milli(64)] })),
  slotCount: 6,
  chunkKB: milli(2),
  bandwidthKB: milli(1000),
  prices: paperRule(['gpu', 'cpu', 'memoryGB'], 1000, { unit: micros(1_000_000n), reserve: micros(0n) }),
};

/** Holds the example of a kind against all that the kind consists of. */
function checkKind(kinds: Kinds, kind: JobKind): void {
  const law = (holds: boolean, what: string): void => invariant(holds, `the kind of job ${kind.name} ${what}`);
  law(kind.wire.name === kind.name && kind.name !== '', 'is written by its name');
  law(
    Object.keys(kind.wire.body).every((field) => !COMMON_FIELDS.has(field)),
    'has fields of its own',
  );
  const book = createBook(EXAMPLE_MARKET, 0);
  const context = { resources: book.spec.resources, sites: book.spec.sites.map(({ id }, ordinal) => ({ id, ordinal })) };
  const body: BidBody = {
    kind: kind.name,
    valuation: { kind: 'deadline', value: 1e6, deadline: EXAMPLE_MARKET.slotCount },
    ...kind.example,
  };
  const forms = bidFormsOf(kinds.wires);
  law(forms.body.safeParse(body).success, 'has an example that has its form');
  const stored = JSON.parse(forms.text(body)) as BidBody;
  law(canonicalJson(stored) === forms.text(stored), 'has bodies that are stored as they are');
  const reading = kinds.parse(stored, context);
  law(reading.kind === 'bid' && kinds.readabilityIn(context)(stored), 'reads its example');
  if (reading.kind !== 'bid') return;
  const { job, valuation } = reading.bid;
  const decision = admit({ book, bid: { job, valuation }, arrival: 0, oracle: kind.oracle });
  law(decision.kind === 'accepted', 'has an example that an empty market accepts');
  if (decision.kind !== 'accepted') return;
  const written = kind.plan.write(decision.plan);
  const plan = kind.plan.read(JSON.parse(JSON.stringify(written)));
  law(
    plan !== undefined && canonicalJson(kind.plan.write(plan)) === canonicalJson(written),
    'has plans that are the same once they were stored',
  );
  const claim = { spec: book.spec, usage: () => [], job, arrival: 0, plan, completion: decision.completion };
  law(kind.validate(claim).length === 0, 'finds its own plans valid');
  if (!kind.rest) return;
  const all = kind.rest(job, plan, 0);
  const none = kind.rest(job, plan, decision.completion + 1);
  law(canonicalJson(all) === canonicalJson(job), 'has all of a job left before it begins');
  law(kind.oracle.emptiness(book, none) !== undefined, 'has nothing of a job left once it is done');
}

const COMMON_FIELDS: ReadonlySet<string> = new Set([
  'kind',
  'label',
  'valuation',
  'onFailure',
  'continues',
  'idempotencyKey',
  'quote',
  'replaces',
]);
