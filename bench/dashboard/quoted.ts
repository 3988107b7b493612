import { type AnswerOf, type BodyOf, type Eris, ProblemError } from '#sdk';
import type { Serving } from '../../apps/cli/src/index.js';
import { jobOf, type LiveMarket, openLiveMarket, randomOf } from './live-market.js';

type Body = BodyOf<'placeBid'>;
type Quote = AnswerOf<'quoteBid'>;

const BIDDERS = 6;
const WAIT_SECONDS = 25;
const VALUE_MAX = 900;
/** The clock moves on after so many bids. */
const BIDS_A_SLOT = 60;
const OTHERS_SHOWN = 5;

/** What bids at a quote came to. */
export interface QuotedFigures {
  readonly quoted: number;
  readonly asQuoted: number;
  readonly outdated: number;
  /** Neither: there is no third outcome. */
  readonly other: number;
}

/** Bidders ask for quotes and bid by them at once, so that prices move between: each pays what its quote said, or is told 412 with the new one. */
export async function benchQuoted(serving: Serving, bids: number, seed: number): Promise<QuotedFigures> {
  const market = await openLiveMarket(serving, 'quoted', BIDDERS);
  const figures = { quoted: 0, asQuoted: 0, outdated: 0, other: 0 };
  let slot = 0;
  const lane = async (bidder: Eris, index: number): Promise<void> => {
    const random = randomOf(seed, 2 + index);
    while (figures.quoted < bids) {
      const body = jobOf(random, market.siteIds, random.between(10, VALUE_MAX));
      const quote = await bidder.call('quoteBid', { params: market.params, body });
      if (quote.best !== null && figures.quoted < bids) {
        figures.quoted += 1;
        figures[await outcomeOf(bidder, market, { body, quote })] += 1;
      }
      if (figures.quoted >= (slot + 1) * BIDS_A_SLOT || quote.best === null) {
        const to = ++slot;
        await market.operator.call('advanceClock', { params: market.params, body: { slot: to } }).catch(unlessPassed);
      }
    }
  };
  await Promise.all(market.bidders.map(lane));
  return figures;
}

/** Another lane may have moved the clock further meanwhile. */
function unlessPassed(error: unknown): void {
  if (!(error instanceof ProblemError && error.code === 'clock_backwards')) throw error;
}

let shown = 0;

async function outcomeOf(
  bidder: Eris,
  { params }: LiveMarket,
  { body, quote }: { readonly body: Body; readonly quote: Quote },
): Promise<'asQuoted' | 'outdated' | 'other'> {
  try {
    const bid = await bidder.call('placeBid', { params, body, quoteId: quote.id, waitSeconds: WAIT_SECONDS });
    const isPaid = bid.status === 'accepted' && 'decision' in bid && bid.decision?.payment === quote.best?.price;
    if (isPaid && bid.decision?.completion === quote.best?.completion) return 'asQuoted';
    if (shown++ < OTHERS_SHOWN) console.log(`neither: ${JSON.stringify(bid)} for ${JSON.stringify(quote.best)}`);
    return 'other';
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { status, code } = error;
    if (status === 412 && code === 'quote_outdated') return 'outdated';
    if (shown++ < OTHERS_SHOWN) console.log(`neither: ${status} ${code}: ${error.message}`);
    return 'other';
  }
}
