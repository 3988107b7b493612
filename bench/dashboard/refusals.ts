import { type AnswerOf, type BodyOf, type Eris, ProblemError } from '#sdk';
import type { Serving } from '../../apps/cli/src/index.js';
import { jobOf, type LiveMarket, openLiveMarket, randomOf } from './live-market.js';

type Body = BodyOf<'placeBid'>;
type Why = AnswerOf<'explainBid'>;

const MICROS = 1_000_000;
const VALUE_MAX = 400;
const WAIT_SECONDS = 25;
/** The clock moves on after so many refusals, so that there is room again. */
const REFUSALS_A_SLOT = 8;

/** What doing as `why` says came to. */
export interface RefusalFigures {
  readonly refusals: number;
  /** Refusals for which it says what passes; the others do not fit, whatever they are worth. */
  readonly told: number;
  readonly accepted: number;
  /** Of those with a least value: bids of a micro-credit less, and how many of them were refused. */
  readonly lessTried: number;
  readonly lessRefused: number;
}

/**
 * Bids that are worth too little are placed one after another; of each refusal that `why` explains, a micro-credit less than it says is bid first, and
 * then what it says, on the same book: nothing was accepted in between.
 */
export async function benchRefusals(serving: Serving, refusals: number, seed: number): Promise<RefusalFigures> {
  const market = await openLiveMarket(serving, 'refusals', 1);
  const [bidder] = market.bidders;
  if (!bidder) throw new Error('there is a bidder');
  const random = randomOf(seed, 1);
  const figures = { refusals: 0, told: 0, accepted: 0, lessTried: 0, lessRefused: 0 };
  for (let tried = 0, slot = 0; figures.refusals < refusals; tried++) {
    const value = random.below(4) === 0 ? random.between(1, VALUE_MAX) : random.between(0, 500) / 1000;
    const bid = await decided(bidder, market, jobOf(random, market.siteIds, value));
    if (bid !== undefined) {
      figures.refusals += 1;
      tally(figures, await didAsTold(bidder, market, bid));
    }
    if (tried % REFUSALS_A_SLOT === REFUSALS_A_SLOT - 1)
      await market.operator.call('advanceClock', { params: market.params, body: { slot: ++slot } });
  }
  return figures;
}

interface Done {
  readonly told: boolean;
  readonly accepted: boolean;
  readonly less: 'refused' | 'accepted' | undefined;
}

function tally(figures: { -readonly [Name in keyof RefusalFigures]: number }, { told, accepted, less }: Done): void {
  figures.told += Number(told);
  figures.accepted += Number(accepted);
  figures.lessTried += Number(less !== undefined);
  figures.lessRefused += Number(less === 'refused');
}

/** Places a bid. @returns its id where it was refused */
async function decided(bidder: Eris, { params }: LiveMarket, body: Body): Promise<string | undefined> {
  const bid = await bidder.call('placeBid', { params, body, waitSeconds: WAIT_SECONDS });
  if (bid.status === 'queued') throw new Error(`bid ${bid.id} was not decided in ${WAIT_SECONDS} s`);
  return bid.status === 'refused' ? bid.id : undefined;
}

async function didAsTold(bidder: Eris, market: LiveMarket, bidId: string): Promise<Done> {
  const why: Why = await bidder.call('explainBid', { params: { bidId } });
  const change = why.changes.find(({ kind }) => kind === 'value') ?? why.changes[0];
  if (!change) return { told: false, accepted: false, less: undefined };
  const lesser = change.kind === 'value' ? lessBy(change.body as Body) : undefined;
  const less = lesser && ((await decided(bidder, market, lesser)) === undefined ? 'accepted' : 'refused');
  const accepted = await passes(bidder, market, change);
  return { told: true, accepted, less };
}

/** Bids what a change says, at its quote. */
async function passes(bidder: Eris, { params }: LiveMarket, { body, quoteId, price }: Why['changes'][number]): Promise<boolean> {
  try {
    const bid = await bidder.call('placeBid', {
      params,
      body: body as Body,
      waitSeconds: WAIT_SECONDS,
      ...(quoteId !== null && { quoteId }),
    });
    return bid.status === 'accepted' && 'decision' in bid && bid.decision?.payment === price;
  } catch (error) {
    if (error instanceof ProblemError && error.status === 412) return false;
    throw error;
  }
}

/** The same, worth a micro-credit less. */
function lessBy(body: Body): Body | undefined {
  const { valuation } = body;
  if (valuation.kind !== 'deadline' || valuation.value <= 0) return undefined;
  return { ...body, valuation: { ...valuation, value: Math.round(valuation.value * MICROS - 1) / MICROS } };
}
