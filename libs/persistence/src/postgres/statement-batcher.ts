import { isDatabaseTrouble } from '#postgres';

/** Statements of one kind at the same time: however many ask, they leave connections for others. */
const STATEMENTS_AT_ONCE = 3;

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Answers questions that come in the same moment by one statement: what each costs beside its rows is shared. Questions that come while a statement
 * runs are not held up by it, unless three run already: then they gather for the next one. Where a statement fails for some question's sake, each is asked by itself, so that nobody else is told of it.
 */
export class StatementBatcher<Question, Answer> {
  private asked: Asked<Question, Answer>[] = [];
  private isComing = false;
  private running = 0;

  /**
   * @param answer one answer for each question, in their order.
   * @param most questions of one statement.
   */
  constructor(
    private readonly answer: (questions: readonly Question[]) => Promise<readonly Answer[]>,
    private readonly most: number,
  ) {}

  ask(question: Question): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      this.asked.push({ question, resolve, reject });
      this.answerSoon();
    });
  }

  private answerOne({ question, resolve, reject }: Asked<Question, Answer>): void {
    this.answer([question]).then((answers) => answers.forEach((answer) => resolve(answer)), reject);
  }

  private answerSoon(): void {
    if (this.isComing || this.running >= STATEMENTS_AT_ONCE) return;
    this.isComing = true;
    setImmediate(() => {
      this.isComing = false;
      this.answerAll();
    });
  }

  private answerAll(): void {
    while (this.asked.length > 0 && this.running < STATEMENTS_AT_ONCE) {
      this.running += 1;
      void this.answerSome(this.asked.splice(0, this.most)); // nothing in it fails
    }
  }

  private async answerSome(some: readonly Asked<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.answer(some.map(({ question }) => question));
      answers.forEach((answer, index) => some[index]?.resolve(answer));
    } catch (cause) {
      if (some.length === 1 || isDatabaseTrouble(cause)) for (const { reject } of some) reject(cause);
      else for (const one of some) this.answerOne(one);
    } finally {
      this.running -= 1;
      if (this.asked.length > 0) this.answerSoon();
    }
  }
}
