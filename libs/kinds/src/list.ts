import { createKinds, type Kinds } from './kinds.js';
import { trainingKind } from './training/index.js';

/** The kinds of jobs that Eris sells to, each with an oracle of its own; the first is what a bid that names none is for. */
export const standardKinds = (): Kinds => createKinds([trainingKind()]);
