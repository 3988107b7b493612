import fc from 'fast-check';
import type { BidBody } from '#kinds';
import { historyArb, isPayoffInside, lived, livedOut, slotsTwiceOf, type Step } from '../../test/support/after-sale-histories.js';

/** What random histories came to; all but the counts of what was tried should be 0. */
export interface LawFigures {
  readonly histories: number;
  readonly allocations: number;
  readonly hits: number;
  /** Allocations whose payoff is outside of where it may be. */
  readonly payoffOutside: number;
  /** Histories in which what bidders paid is not what came back and what was earned. */
  readonly ledgerDrift: number;
  readonly slotsTwice: number;
  /** Broken rules of schedules (coverage over all revisions among them), and withdrawn capacity that was sold. */
  readonly broken: number;
  /** Histories, of a tenth of all, in which other valuations gave other victims, repairs or returns. */
  readonly valuesRead: number;
}

const CHUNK = 500;
const COMPARED_EVERY = 10;

/** Plays random histories of a small market. @param onDone told how many are done, now and then. */
export function lawFigures(histories: number, seed: number, onDone: (done: number) => void): LawFigures {
  const sums = { allocations: 0, hits: 0, payoffOutside: 0, ledgerDrift: 0, slotsTwice: 0, broken: 0, valuesRead: 0 };
  for (let done = 0; done < histories; done += CHUNK) {
    const drawn = fc.sample(historyArb, { numRuns: Math.min(CHUNK, histories - done), seed: seed + done });
    for (const [index, history] of drawn.entries()) add(sums, history, index % COMPARED_EVERY === 0);
    onDone(done + drawn.length);
  }
  return { histories, ...sums };
}

function add(sums: Record<keyof Omit<LawFigures, 'histories'>, number>, history: readonly Step[], isCompared: boolean): void {
  const market = livedOut(history);
  const all = [...market.told.values()];
  sums.allocations += all.length;
  sums.hits += market.log.length;
  sums.payoffOutside += all.filter((told) => !isPayoffInside(told)).length;
  sums.ledgerDrift += market.moved === all.reduce((sum, { payment }) => sum + payment, 0n) ? 0 : 1;
  sums.slotsTwice += all.reduce((sum, told) => sum + slotsTwiceOf(told), 0);
  sums.broken += market.broken.length;
  if (!isCompared) return;
  const otherwise = (body: BidBody): BidBody => ({ ...body, valuation: { kind: 'deadline', value: 1, deadline: 0 } });
  sums.valuesRead += lived(history, otherwise).log.join() === lived(history).log.join() ? 0 : 1;
}
