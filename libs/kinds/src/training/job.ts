import type { Bid, Decision, Menu, MenuEntry } from '#mechanism';
import type { Milli } from '#units';

/** What a training job asks for: every chunk of every site's data is trained, in every epoch. */
export interface TrainingJob {
  /** Chunks per home site, in the market's site order. */
  readonly chunks: readonly number[];
  readonly epochs: number;
  /** Chunk-epochs one worker does in one slot, in thousandths. */
  readonly throughputMilli: Milli;
  readonly parameterKB: Milli;
  /** Per resource, in the market's resource order. */
  readonly workerMilli: readonly Milli[];
  readonly psMilli: readonly Milli[];
}

/** A bid for a training job. */
export type TrainingBid = Bid<TrainingJob>;

/** `chunks` chunks of site `home`'s data, trained at site `place` (home != place). Site indices. */
export interface Move {
  readonly home: number;
  readonly place: number;
  readonly chunks: number;
}

/** What runs in one slot: the parameter server's site, workers per site, data moved, data trained at home. */
export interface SlotPlan {
  /** Absolute market slot. */
  readonly slot: number;
  readonly ps: number;
  readonly workers: readonly number[];
  readonly moves: readonly Move[];
  readonly home: readonly number[];
}

/** The plan of a training job. Slots ascending; only slots with a worker appear (V3). */
export type Schedule = readonly SlotPlan[];

/** What a bid for a training job is answered, and what it could have. */
export type TrainingDecision = Decision<Schedule>;
/** A training job's menu. */
export type TrainingMenu = Menu<Schedule>;
/** One entry of it. */
export type TrainingMenuEntry = MenuEntry<Schedule>;
