import type { AnswerOf } from '#sdk';

/** A bid as the API tells it. */
export type Bid = AnswerOf<'getBid'>;
/** Why a bid was refused. */
export type Refusal = NonNullable<NonNullable<Bid['decision']>['reason']>;
