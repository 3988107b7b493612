import type { Kinds } from '#kinds';
import { marketTerms, type MarketTerms, type PayloadOf } from '#log';
import { ruleFaults } from '#mechanism';
import { canonicalJson } from '#units';
import { type BookTerms, nextTerms } from '../book/index.js';
import { LearningReplay } from './replay-learning.js';
import type { LogRecord } from './rows.js';

/** The first version of entries that change prices which says: only where no bid was decided in the slot. */
const STRICT = 2;

const json = (terms: MarketTerms): string => canonicalJson(marketTerms.write(terms));

/** How prices change over a market's log, again: by rules that the market can have, at levels that follow, and between one slot's decisions and the next one's. */
export class PriceReplay {
  private readonly learning: LearningReplay;
  private hasDecided = false;
  /** What the next entry must make of the terms: the clock has moved, and another rule was to come. */
  private due: MarketTerms | undefined;

  constructor(horizonSlots: number, kinds: Kinds) {
    this.learning = new LearningReplay(horizonSlots, kinds);
  }

  /** What is wrong with an entry of that kind coming now. */
  misplaced(kind: string): string | undefined {
    return this.due && kind !== 'terms_changed' ? `kind is ${kind}, must be terms_changed: the clock has moved to other prices` : undefined;
  }

  /** A bid was decided. @param state the market before. */
  decided(record: LogRecord, state: BookTerms): void {
    this.hasDecided = true;
    this.learning.decided(record, state);
  }

  /** Something else has happened. @param state the market after it. */
  changed({ sequence, event }: LogRecord, state: BookTerms): void {
    if (event.kind === 'clock_advanced') {
      this.hasDecided = false;
      this.due = state.terms.next && nextTerms(state.terms);
    }
    this.learning.changed(sequence, state);
  }

  /** What is wrong with other terms. @param state the market before. */
  termsFault({ event }: LogRecord, terms: MarketTerms, { terms: before, resources }: BookTerms): string | undefined {
    const { due } = this;
    this.due = undefined;
    if (due && json(due) !== json(terms)) return `payload.terms is ${json(terms)}, must be ${json(due)}`;
    for (const [name, rule] of Object.entries({ prices: terms.prices, next: terms.next })) {
      const [fault] = rule ? ruleFaults(rule, resources) : [];
      if (fault) return `payload.terms.${name}: ${fault.name} is ${fault.fault}`;
    }
    const isOther = json({ ...before, prices: terms.prices }) !== json(before);
    return isOther && this.hasDecided && Number(event.version) >= STRICT
      ? 'prices are other ones, though a bid was decided in the slot'
      : undefined;
  }

  /** What is wrong with a level. @param state the market before it. */
  levelFault({ event }: LogRecord, payload: PayloadOf<'prices_changed'>, state: BookTerms): string | undefined {
    const { prices } = state.terms;
    if (prices.kind !== 'learning') return `a level is learnt by the rule learning, which is ${prices.kind}`;
    const isLate = this.hasDecided && Number(event.version) >= STRICT;
    return this.learning.fault(payload, state, { rule: prices, isLate });
  }
}
