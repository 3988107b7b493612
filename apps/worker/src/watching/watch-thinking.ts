import type { ThinkWatch } from '#thinking';
import type { ProcessReport } from '#runtime';
import type { Figures } from './figures.js';

/** What becomes of tasks on threads: how long they took, and which failed. */
export const watchThinking = (figures: Figures, report: ProcessReport): ThinkWatch => ({
  ended: (task, seconds) => figures.thought(task, seconds),
  failed: (_, cause) => report.trouble('thread', cause),
});
