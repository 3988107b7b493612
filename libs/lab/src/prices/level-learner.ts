import {
  emptyHistory,
  isWarm,
  learntLevel,
  learntRule,
  type LearningHistory,
  type LearningRule,
  NEW_LEARNING_RULE,
  type Report,
  withReports,
} from '#mechanism';

/** A market's level as it is learnt, where every bid is measured at once: what the product does with no delay. */
export class LevelLearner {
  /** Levels that were posted, micro-credits, in their order. */
  readonly levels: bigint[] = [];
  private history: LearningHistory;
  private slot: number | undefined;
  private offset = 0;

  constructor(
    private readonly horizonSlots: number,
    private rule: LearningRule = NEW_LEARNING_RULE,
  ) {
    this.history = emptyHistory(0, horizonSlots);
  }

  /** The rule for a bid of that slot. */
  ruleAt(slot: number): LearningRule {
    const now = slot + this.offset;
    if (this.slot !== now) {
      this.slot = now;
      this.learn(now);
    }
    return this.rule;
  }

  /** A bid was decided. Until the market is warm the level follows at once. */
  reported(report: Report): void {
    const slot = report.slot + this.offset;
    this.history = withReports(this.history, [{ ...report, slot }]);
    if (!isWarm(this.history, slot)) this.learn(slot);
  }

  /** Another instance follows, whose slots are counted from 0 again. */
  goOn(): void {
    this.offset += this.horizonSlots;
  }

  private learn(slot: number): void {
    if (this.history.reports.length === 0) return;
    const learnt = learntLevel(this.history, slot, this.rule);
    const rule = learntRule(this.rule, learnt);
    if (rule.level !== this.rule.level || rule.opening !== this.rule.opening) this.rule = rule;
    this.levels.push(learnt.levelMicros);
  }
}
