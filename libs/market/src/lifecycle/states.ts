import { invariant } from '#units';

/**
 * What becomes of what was sold. scheduled: its first slot has not begun. running: it has. completed: its last slot has run. cancelled: its bidder
 * left. failed: capacity was withdrawn, and nothing else could be found.
 */
export const ALLOCATION_STATES = ['scheduled', 'running', 'completed', 'cancelled', 'failed'] as const;
/** One of them. */
export type AllocationState = (typeof ALLOCATION_STATES)[number];

/** What becomes of a slot of an allocation. delivered: the clock passed it, and nothing had withdrawn it. void: it will not run. */
export const SLOT_STATES = ['planned', 'delivered', 'void'] as const;
/** One of them. */
export type SlotState = (typeof SLOT_STATES)[number];

type Moves<State extends string> = Readonly<Record<State, readonly State[]>>;

/** The only moves that there are (docs/lifecycle.md). */
export const ALLOCATION_MOVES: Moves<AllocationState> = stateTable('scheduled', {
  scheduled: ['running', 'cancelled', 'failed'],
  running: ['completed', 'cancelled', 'failed'],
  completed: [],
  cancelled: [],
  failed: [],
});

/** The same of an allocation's slots. */
export const SLOT_MOVES: Moves<SlotState> = stateTable('planned', { planned: ['delivered', 'void'], delivered: [], void: [] });

/** Asserts as a program starts that each state can be reached, and that whatever may still move comes to an end. */
function stateTable<State extends string>(first: State, moves: Moves<State>): Moves<State> {
  const isEnd = (state: State): boolean => moves[state].length === 0;
  const reached = reachedFrom(first, moves);
  for (const state of Object.keys(moves) as State[]) {
    invariant(reached.has(state), `the state ${state} can be reached`);
    invariant(isEnd(state) || [...reachedFrom(state, moves)].some(isEnd), `the state ${state} comes to an end`);
  }
  return moves;
}

function reachedFrom<State extends string>(first: State, moves: Moves<State>): ReadonlySet<State> {
  const reached = new Set([first]);
  for (const state of reached) for (const next of moves[state]) reached.add(next);
  return reached;
}

/** Whether a state may follow another one, over however many moves. */
export const mayFollow = <State extends string>(from: State, to: State, moves: Moves<State>): boolean => reachedFrom(from, moves).has(to);

/** Where an allocation stands: by the clock, unless it was ended before its time. */
export interface Standpoint {
  /** Where the market's clock stands. */
  readonly now: number;
  readonly firstSlot: number;
  readonly lastSlot: number;
  /** How it ended before its time, where it did. */
  readonly ended: 'cancelled' | 'failed' | undefined;
}

/** The state of an allocation: it follows from the log, so nobody has to write it. */
export function stateAt({ now, firstSlot, lastSlot, ended }: Standpoint): AllocationState {
  if (ended) return ended;
  if (lastSlot < now) return 'completed';
  return firstSlot <= now ? 'running' : 'scheduled';
}

/** The state of a slot of an allocation. @param isInForce whether the plan that it belongs to is, or was when the clock passed it. */
export function slotStateAt(now: number, slot: number, isInForce: boolean): SlotState {
  if (!isInForce) return 'void';
  return slot < now ? 'delivered' : 'planned';
}
