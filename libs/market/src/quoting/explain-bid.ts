import type { BidBody, Elsewhere, KindBid } from '#kinds';
import type { Change, Passing, Refusal } from '#mechanism';
import type { BudgetCap } from '#log';
import { micros, type Micros } from '#units';
import { arrivalOf, type OpenBook } from '../book/index.js';
import type { BidRecord, Viewer } from '../reading/index.js';
import type { Busy } from '../thinking/busy.js';
import type { ExplainAnswer } from '../thinking/explain-task.js';
import type { BudgetsSeen } from '../budgets/index.js';
import type { BookReader } from './book-reader.js';
import { capsOn, seenBudgets, type ToldBudget, toldBudget } from './budget-caps.js';
import { type BookRequest, onBook, type QuoteWays, type ThinkInTurn } from './on-book.js';
import type { AskedBid, AskedBidReader } from './ports.js';

/** Who asks why a bid was answered as it was. */
export interface ExplainRequest extends Omit<BookRequest, 'marketId'> {
  readonly viewer: Viewer;
  readonly bidId: bigint;
}

/** A change with which the bid passes, as a whole body. */
export type ToldChange =
  | (Omit<Change, 'raises'> & { readonly body: BidBody; readonly budgets?: readonly LargerBudget[] })
  | (Passing & { readonly kind: 'site'; readonly from: string; readonly to: string; readonly body: BidBody });

/** A budget that would have to be larger, and by how much. */
export interface LargerBudget extends ToldBudget {
  readonly missing: Micros;
}

/** Why a bid is refused at the prices of this moment, and what would pass. */
interface Explained {
  readonly kind: 'explained';
  readonly bid: BidRecord;
  readonly body: BidBody;
  readonly priceVersion: bigint;
  readonly arrivalSlot: number;
  readonly best: ExplainAnswer['best'];
  readonly fits: ExplainAnswer['fits'];
  readonly refusal?: Refusal;
  readonly cells: ExplainAnswer['cells'];
  readonly changes: readonly ToldChange[];
  /** Of the market, by ordinal. */
  readonly siteIds: readonly string[];
}

/** An explanation, or why there is none. */
export type ExplainOutcome = { readonly kind: 'market_unknown' | 'not_found' } | Busy | Explained;

/** Other sites for a bid's data that are tried, and of those that pass told, the cheapest first. */
const ELSEWHERE_MAX = 12;
const ELSEWHERE_TOLD_MAX = 3;

const CLOSED: Refusal = { code: 'market_closed', detail: 'the market is closed' };

/**
 * Why a bid was refused and what passes, by the admission rule on the book of this moment. It takes longer than a quote, so it is always the thinker's;
 * nothing of it lies on the way of a bid. Reserves nothing.
 */
export class ExplainBid {
  constructor(
    private readonly bids: AskedBidReader,
    private readonly books: BookReader,
    private readonly ways: QuoteWays,
  ) {}

  async run({ viewer, bidId, ...request }: ExplainRequest): Promise<ExplainOutcome> {
    const asked = await this.bids.find(viewer, bidId);
    if (!asked) return { kind: 'not_found' };
    const { marketId, organisationId } = asked.bid;
    const of = { marketId, organisationId, tenantId: request.tenantId, bidId };
    const budgets = await seenBudgets(this.ways, of);
    return onBook<ExplainOutcome>({ books: this.books, ways: this.ways }, { ...request, marketId }, (open, inTurn) =>
      this.explain(open, { ...asked, budgets, caps: capsOn(budgets, open, { ...of, body: asked.body }) }, inTurn),
    );
  }

  private async explain(
    open: OpenBook,
    { bid, body: stored, fundsMicros, budgets, caps }: Asked,
    inTurn: ThinkInTurn<ExplainOutcome>,
  ): Promise<ExplainOutcome> {
    const { state, book } = open;
    const { quote: _, ...body } = stored;
    const arrival = arrivalOf(state.head);
    const frame = {
      kind: 'explained',
      bid,
      body,
      priceVersion: state.priceVersion,
      arrivalSlot: arrival,
      siteIds: state.sites.map(({ id }) => id),
    } as const;
    const nothing = { best: null, fits: null, cells: [], changes: [] };
    if (bid.decision?.outcome === 'accepted') return { ...frame, ...nothing };
    if (state.head.status === 'closed') return { ...frame, ...nothing, refusal: CLOSED };
    const reading = this.ways.kinds.parse(body, state);
    if (reading.kind === 'faults') return { ...frame, ...nothing };
    const others = this.elsewhere(reading.bid, { body, open });
    const { kind, job, valuation } = reading.bid;
    const task = {
      book,
      kind: kind.name,
      job,
      valuation,
      arrival,
      fundsMicros: micros(fundsMicros),
      caps,
      alternatives: others.map((other) => other.job),
    };
    return inTurn(this.ways.queue, async () => {
      const { alternatives, changes, ...answer } = await this.ways.thinker.explain(task);
      const told = changes.map(({ raises, ...change }) => ({
        ...change,
        body: { ...body, valuation: change.valuation },
        ...(raises && { budgets: largerOf(raises, budgets, caps) }),
      }));
      return { ...frame, ...answer, changes: [...told, ...sitesThatPass(others, alternatives)] };
    });
  }

  /** The job with its data elsewhere, parsed. */
  private elsewhere({ kind }: KindBid, { body, open }: { readonly body: BidBody; readonly open: OpenBook }): Other[] {
    const others: Other[] = [];
    for (const other of kind.elsewhere?.(
      body,
      open.state.sites.map(({ id }) => id),
    ) ?? []) {
      if (others.length === ELSEWHERE_MAX) break;
      const moved = { ...body, ...other.body };
      const reading = this.ways.kinds.parse(moved, open.state);
      if (reading.kind === 'bid') others.push({ ...other, body: moved, job: reading.bid.job });
    }
    return others;
  }
}

const largerOf = (raises: NonNullable<Change['raises']>, seen: Asked['budgets'], caps: Asked['caps'] = []): LargerBudget[] =>
  raises.flatMap(({ cap: index, byMicros }) => {
    const cap = caps[index];
    return cap ? [{ ...toldBudget(seen, cap), missing: byMicros }] : [];
  });

/** What is asked about, with what budgets leave to it. */
interface Asked extends AskedBid {
  readonly budgets: BudgetsSeen | undefined;
  readonly caps: readonly BudgetCap[] | undefined;
}

interface Other extends Omit<Elsewhere, 'body'> {
  readonly body: BidBody;
  readonly job: unknown;
}

function sitesThatPass(others: readonly Other[], passing: ExplainAnswer['alternatives']): ToldChange[] {
  const told = others.flatMap(({ from, to, body }, index) => {
    const passes = passing[index];
    return passes ? [{ kind: 'site' as const, from, to, body, ...passes }] : [];
  });
  return told.sort((a, b) => Number(b.value - b.price - (a.value - a.price))).slice(0, ELSEWHERE_TOLD_MAX);
}
