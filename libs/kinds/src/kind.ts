import type { Book, Bid, MarketSpec, Oracle, Valuation } from '#mechanism';
import type { JobWire } from '#contracts';
import type { QuotedTerms } from './quoted-terms.js';
import type { ReplacedTerms } from './replaced-terms.js';

/** A bid as the bidder writes it and as `bid.body` stores it (docs/api.md); what else it holds is its kind's. */
export interface BidBody {
  /** Left out: the first kind of the list. */
  readonly kind?: string | undefined;
  readonly label?: string | undefined;
  readonly valuation: Valuation;
  /** What is to become of the job where capacity is withdrawn and it would be done later than was sold; left out: it is accepted late. */
  readonly onFailure?: OnFailure | undefined;
  /** The quote that the bid holds the market to (`If-Match`); without it a bid takes the prices that it meets. */
  readonly quote?: QuotedTerms | undefined;
  /** The id of an allocation of the same organisation that it goes on with: a link, and nothing else. */
  readonly continues?: string | undefined;
  /** The allocation that is cancelled where the bid is accepted, and stays as it is where it is refused. */
  readonly replaces?: ReplacedTerms | undefined;
}

/** accept_late: it is done later, for no more than that would have cost. refund: the bidder leaves, and gets all back. */
export type OnFailure = 'accept_late' | 'refund';

/** What a body is read against: the market's sites and the names of its resources, in their order. */
export interface BidContext {
  readonly sites: readonly { readonly id: string; readonly ordinal: number }[];
  readonly resources: readonly string[];
}

/** One thing wrong with a body; `path` is a JSON path such as $.chunks.17. */
export interface BodyFault {
  readonly path: string;
  readonly message: string;
}

/** A job as its body means it, or what is wrong with the body. */
export type JobReading<Job> =
  { readonly kind: 'job'; readonly job: Job } | { readonly kind: 'faults'; readonly faults: readonly BodyFault[] };

/** A bid with the kind of its job. */
export interface KindBid<Job = unknown, Plan = unknown> extends Bid<Job> {
  readonly kind: JobKind<Job, Plan>;
}

/** A rule that a plan breaks, by the name that the kind's documentation gives it. */
export interface Violation {
  readonly rule: string;
  readonly slot?: number;
  readonly detail: string;
}

/** A plan as it is claimed for a job. */
export interface PlanClaim<Job, Plan> {
  readonly spec: MarketSpec;
  /** What others use of a slot, in cells (milli-units; cells that are missing are 0), before this job. */
  readonly usage: (slot: number) => readonly number[];
  /** What a slot has in all, in cells; the market's own capacities where it isn't given. */
  readonly capacity?: (slot: number) => readonly number[];
  readonly job: Job;
  /** First slot in which the job may run. */
  readonly arrival: number;
  readonly plan: Plan;
  /** The last slot in which it runs, as claimed. */
  readonly completion: number;
  /** First slot beyond the market's horizon; `arrival + spec.slotCount` where it isn't given. */
  readonly horizonEnd?: number;
}

/** How plans are stored: as JSON values. */
export interface PlanCodec<Plan> {
  write(plan: Plan): unknown;
  /** @returns undefined for what no plan of this kind is written as. */
  read(json: unknown): Plan | undefined;
}

/** How a kind is written on the wire. */
export interface KindWire<Plan> extends JobWire {
  /** The fields of an allocation that tell its plan. @param siteIdOf the id of a site by its ordinal. */
  tell(plan: Plan, siteIdOf: (ordinal: number) => string): object;
}

/** A body whose data lies at another site. */
export interface Elsewhere {
  readonly from: string;
  readonly to: string;
  readonly body: object;
}

/**
 * A kind of job: all that the rooms need to know of it, from a body on the wire to a plan in the database. A job is plain data, so that it can be sent
 * to a thread. The lists that are handed to the programs (Kinds) hold kinds; no room names one.
 */
export interface JobKind<Job = unknown, Plan = unknown> {
  /** What `kind` says in a body, and what is stored with an allocation. */
  readonly name: string;
  readonly wire: KindWire<Plan>;
  /** Reads a body that has the form of the kind in the market's own order of sites and resources. The valuation is read by the list. */
  parse(body: object, context: BidContext): JobReading<Job>;
  /** For a context that many bodies are held against: tells quickly whether `parse` reads a body. Without it bodies are parsed. */
  readabilityIn?(context: BidContext): (body: object) => boolean;
  /** Finds plans, and says what they take. */
  readonly oracle: Oracle<Job, Plan>;
  /**
   * Upper bounds of the steps that a decision and a whole menu take, told from the body and from what is priced: the same for every valuation. A thousand
   * steps take one or two microseconds.
   */
  decisionSteps(book: Book, body: object): number;
  menuSteps(book: Book, body: object): number;
  /** Every rule that a plan breaks, from their definition, sharing no code with the oracle; none for a valid plan. */
  validate(claim: PlanClaim<Job, Plan>): Violation[];
  /** The same job with the data of one site at another one, the largest first: alternatives for whoever was refused. Without it none are told. */
  elsewhere?(body: object, siteIds: readonly string[]): Iterable<Elsewhere>;
  readonly plan: PlanCodec<Plan>;
  /**
   * What is left of a job once the slots of its plan before `before` have run, for another plan of the rest. Without it a job that has begun cannot be
   * resumed: it is repaired only as a whole.
   */
  rest?(job: Job, plan: Plan, before: number): Job;
  /** Fields of a body that a small empty market has room for: held against everything above when a list is made (kinds.ts). */
  readonly example: object;
}
