import { isDatabaseTrouble } from '#postgres';

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Answers questions that come in the same moment by one statement: what each costs beside its rows is shared. Questions that come while a statement
 * runs are not held up by it. Where a statement fails for some question's sake, each is asked by itself, so that nobody else is told of it.
 */
export class Together<Question, Answer> {
  private asked: Asked<Question, Answer>[] = [];

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
      if (this.asked.length === 0) setImmediate(() => this.answerAll());
      this.asked.push({ question, resolve, reject });
    });
  }

  private answerOne({ question, resolve, reject }: Asked<Question, Answer>): void {
    this.answer([question]).then(([answer]) => resolve(answer), reject);
  }

  private answerAll(): void {
    const { asked } = this;
    this.asked = [];
    for (let at = 0; at < asked.length; at += this.most) {
      const some = asked.slice(at, at + this.most);
      this.answer(some.map(({ question }) => question)).then(
        (answers) => some.forEach(({ resolve }, index) => resolve(answers[index])),
        (cause: unknown) => {
          if (some.length === 1 || isDatabaseTrouble(cause)) for (const { reject } of some) reject(cause);
          else for (const one of some) this.answerOne(one);
        },
      );
    }
  }
}
