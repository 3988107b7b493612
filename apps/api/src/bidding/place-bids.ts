import {
  type Fault,
  faultsOf,
  LIMITS,
  type AnswerOf,
  type BidBodyWire,
  type BidForms,
  type Problem,
  type ProblemCode,
  problemOf,
  type QuoteId,
} from '#contracts';
import type { ReplacedTerms } from '#kinds';
import type { AcceptBids, AcceptOutcome, BidRecord, BidToCheck, CheckBid, InTurn, NewBid, ReadBids } from '#market';
import { problemOfOutcome } from '../http/answer.js';
import { requestHash } from '../http/request-hash.js';
import type { Input } from '../http/input.js';
import type { Caller } from '../http/api-key-cache.js';
import { faultsProblem, ProblemError } from '../http/problem-error.js';
import { Reply } from '../http/reply.js';
import { partyOf } from '../http/turns.js';
import type { Wait, Waits } from '../streams/waits.js';
import { bidView } from '../views/bid-views.js';
import type { BidBodies } from './bid-bodies.js';
import { failOutdated, namedQuote, withTerms } from './quotes.js';

/** For bids of a bulk request that were turned away while others were taken. */
const RETRY_AFTER_SECONDS = '1';

const TURNED_AWAY = ['too_many_undecided', 'share_exceeded', 'overloaded'] as const satisfies ProblemCode[];

/** Bids of a bulk request that are checked and handed on in one turn: a few milliseconds of the event loop, whoever else has bulks under way. */
const TAKEN_AT_ONCE = 100;

const READABLE = { kind: 'readable' } as const;

type Placed = AnswerOf<'placeBid'>;
type BulkResult = AnswerOf<'placeBids'>['results'][number];

/** Who bids where. */
interface Place {
  readonly marketId: bigint;
  readonly organisationId: bigint;
  /** Its family. */
  readonly tenantId: bigint;
  readonly keyId: bigint;
}

/** What else comes with a bid: its key, the quote that it names, and what it takes the place of. */
interface Named {
  readonly idempotencyKey: string;
  readonly quote?: QuoteId | undefined;
  readonly replaces?: ReplacedTerms | undefined;
}

/** A request that places one bid. */
type Placing = Pick<Input<'placeBid'>, 'caller' | 'waitSeconds' | 'whenOver' | 'letBodyGo'>;

/** For how long a decision is waited for, where it is, and who is told of it before it is the answer. */
interface Awaited {
  readonly seconds: number | undefined;
  readonly onDecided?: ((bid: BidRecord, headers: Readonly<Record<string, string>>) => void | Promise<void>) | undefined;
}

/** A bid whose decision is waited for. */
interface Waiting extends Awaited {
  readonly wait: Wait;
  readonly seconds: number;
  readonly marketId: bigint;
  readonly bidId: bigint;
}

type Checked = { readonly newBid: NewBid } | { readonly problem: Problem };

/** Finds a bid for whoever placed it. Rejects with a ProblemError where that cannot be now. */
export type FindBid = (caller: Caller, bidId: bigint) => ReturnType<ReadBids['find']>;

/** What bids are checked by: their forms, and their markets. */
export interface BidChecks {
  readonly bodies: Pick<BidBodies, 'forms'>;
  readonly market: CheckBid;
}

/** Places bids: checked, stored, and waited for where the caller asked for that. */
export class PlaceBids {
  private readonly check: CheckBid;
  private readonly forms: BidForms;

  constructor(
    { bodies, market }: BidChecks,
    private readonly accept: Pick<AcceptBids, 'accept'>,
    private readonly findBid: FindBid,
    private readonly waits: Waits,
    private readonly inTurn: InTurn,
  ) {
    this.check = market;
    this.forms = bodies.forms;
  }

  /** One bid: 202 with its id, or 200 with its decision where that came in time. */
  async one(input: Input<'placeBid'>): Promise<Reply<Placed>> {
    const { idempotencyKey, body } = input;
    const place = { marketId: input.params.marketId, keyId: input.caller.keyId, ...partyOf(input.caller) };
    if (!this.check.isReadable({ ...place, body })) await this.checkBody({ ...place, body });
    const quote = namedQuote(this.forms, { ...place, body }, input.ifMatch);
    const seconds = input.waitSeconds ?? (quote && LIMITS.waitSeconds);
    const onDecided = quote && ((bid: BidRecord, headers: Readonly<Record<string, string>>) => failOutdated(bid, quote, headers));
    return this.place(input, this.newBid({ ...place, idempotencyKey, quote }, body), { seconds, onDecided });
  }

  /** A bid that is read from a part of a body: checked against its market. @param root where in the body it stands. */
  async checked(place: Place & Named, body: BidBodyWire, root: string): Promise<NewBid> {
    await this.checkBody({ ...place, body }, root);
    return this.newBid(place, body);
  }

  /** Stores a bid that was checked, and waits for its decision where that was asked for. */
  async place(input: Placing, newBid: NewBid, { seconds, onDecided }: Awaited): Promise<Reply<Placed>> {
    const wait = seconds === undefined ? undefined : this.waits.begin(input); // before anything is stored
    const queued = queuedOr(await this.accept.accept(newBid));
    const headers: Record<string, string> = queued.replayed ? { 'idempotency-replayed': 'true' } : {};
    if (!wait || seconds === undefined) return new Reply({ id: queued.bidId.toString(), status: 'queued' }, 202, headers);
    input.letBodyGo();
    const applied: Record<string, string> = input.waitSeconds === undefined ? {} : { 'preference-applied': `wait=${seconds}` };
    const waiting = { wait, seconds, bidId: queued.bidId, marketId: newBid.marketId, onDecided };
    return this.afterWaiting(input, waiting, { ...headers, ...applied });
  }

  private async checkBody(bid: BidToCheck, root = '$'): Promise<void> {
    const outcome = await this.check.run(bid);
    if (outcome.kind === 'faults') faultsProblem({ faults: under(root, outcome.faults) });
    if (outcome.kind === 'market_unknown') throw problemOfOutcome(outcome);
  }

  private async afterWaiting(
    { caller }: Placing,
    { wait, seconds, marketId, bidId, onDecided }: Waiting,
    headers: Record<string, string>,
  ): Promise<Reply<Placed>> {
    const decided = await wait.forDecision({ marketId, bidId, ms: seconds * 1000 });
    const found = decided ? await this.findBid(caller, bidId).catch(undefinedWhereBusy) : undefined;
    if (found?.kind === 'found') await onDecided?.(found.bid, headers);
    if (found?.kind === 'found') return new Reply(bidView(found.bid), 200, headers);
    return new Reply({ id: bidId.toString(), status: 'queued' }, 202, headers);
  }

  /** Many bids, stored in the order in which they stand, a result for each. */
  async many({ caller, params, body }: Input<'placeBids'>): Promise<Reply<AnswerOf<'placeBids'>>> {
    const place = { marketId: params.marketId, keyId: caller.keyId, ...partyOf(caller) };
    const listing: Listing = { left: LIMITS.faults };
    const taking: Promise<PromiseSettledResult<BulkResult>[]>[] = [];
    for (let at = 0; at < body.bids.length; at += TAKEN_AT_ONCE) {
      const items = body.bids.slice(at, at + TAKEN_AT_ONCE).map((item, index) => ({ item, root: `$.bids[${at + index}]` }));
      await this.inTurn(place, async () => {
        const checked = await Promise.all(items.map((item) => this.checkItem(place, item, listing)));
        taking.push(Promise.allSettled(checked.map((item) => this.take(item))));
      });
    }
    const results = (await Promise.all(taking)).flat().map(valueOf);
    if (results.every(isProblem('market_unknown'))) throw new ProblemError('market_unknown');
    const turnedAway = TURNED_AWAY.filter((code) => results.some(isProblem(code)));
    const headers: Record<string, string> = turnedAway.length > 0 ? { 'retry-after': RETRY_AFTER_SECONDS } : {};
    const [code] = turnedAway;
    if (code && results.every(isProblem(code))) throw new ProblemError(code, {}, headers);
    return new Reply({ results: results.map(placedIn(`/v1/markets/${params.marketId}/bids/bulk`)) }, undefined, headers);
  }

  private async take(checked: Checked): Promise<BulkResult> {
    return 'problem' in checked ? checked : resultOf(await this.accept.accept(checked.newBid));
  }

  private async checkItem(place: Place, { item, root }: { item: unknown; root: string }, listing: Listing): Promise<Checked> {
    const form = this.forms.item;
    const parsed = form.isPlain(item) ? { success: true as const, data: item } : form.safeParse(item);
    if (!parsed.success) return { problem: listed(faultsOf(parsed.error, root), listing) };
    const body = parsed.data;
    const checked = this.check.isReadable({ ...place, body }) ? READABLE : await this.check.run({ ...place, body });
    if (checked.kind === 'market_unknown') return { problem: problemOf('market_unknown') };
    if (checked.kind === 'readable') return { newBid: this.newBid({ ...place, idempotencyKey: body.idempotencyKey }, body) };
    return {
      problem: listed(under(root, checked.faults), listing),
    };
  }

  private newBid({ marketId, organisationId, tenantId, keyId, idempotencyKey, ...named }: Place & Named, body: BidBodyWire): NewBid {
    const text = withTerms(this.forms.text(body), named);
    return {
      marketId,
      organisationId,
      tenantId,
      keyId,
      idempotencyKey,
      requestHash: requestHash(`bid:${marketId}`, text),
      label: body.label ?? null,
      body: text,
    };
  }
}

/** Faults of a part of a body, by where they lie in the whole. */
const under = (root: string, faults: readonly Fault[]): Fault[] =>
  faults.map(({ path, message }) => ({ path: path.replace('$', root), message }));

/** A bid that cannot be shown for now is queued for all that its bidder is told; a fault is a fault. */
function undefinedWhereBusy(cause: unknown): undefined {
  if (!(cause instanceof ProblemError)) throw cause;
}

/** Faults that a request of many bids still lists; of each bid beyond them it lists one. */
interface Listing {
  left: number;
}

function listed(faults: readonly Fault[], listing: Listing): Problem {
  const errors = faults.slice(0, Math.max(1, listing.left));
  listing.left -= errors.length;
  return problemOf('invalid_body', { errors });
}

/** A problem of one bid names its place in the request: the path, and a JSON pointer into the body. */
const placedIn =
  (path: string) =>
  (result: BulkResult, index: number): BulkResult =>
    'problem' in result ? { problem: { ...result.problem, instance: `${path}#/bids/${index}` } } : result;

function valueOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

const isProblem = (code: ProblemCode) => {
  const { type } = problemOf(code);
  return (result: BulkResult): boolean => 'problem' in result && result.problem.type === type;
};

const resultOf = (outcome: AcceptOutcome): BulkResult =>
  outcome.kind === 'queued' ? { id: outcome.bidId.toString(), status: 'queued' } : { problem: problemOf(outcome.kind) };

function queuedOr(outcome: AcceptOutcome): Extract<AcceptOutcome, { kind: 'queued' }> {
  if (outcome.kind !== 'queued') throw problemOfOutcome(outcome);
  return outcome;
}
