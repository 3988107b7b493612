import type { ThinkWatch } from '#thinking';
import type { Journal } from '../journal.js';
import type { Figures } from './figures.js';

/** What becomes of tasks on threads: how long they took, and which failed. */
export const watchThinking = (figures: Figures, journal: Journal): ThinkWatch => ({
  ended: (task, seconds) => figures.thought(task, seconds),
  failed: (_, cause) => journal.trouble('thread', cause),
});
