import { type Book, decisionSteps, type Job, menuSteps } from '#mechanism';
import type { BidBody } from '../bid-body.js';

/** Cells of a window, over which its book is built away from the event loop: at that size that takes some milliseconds. */
export const CELLS_AT_ONCE_MAX = 8_192;

/** Counted steps, over which bids and quotes are thought about away from the event loop: ten milliseconds at worst. */
const STEPS_AT_ONCE_MAX = 10_000_000;

/** Whether one of these bids may take longer to decide than an event loop can spare. Told from sizes alone. */
export const mayTakeLong = (book: Book, bids: readonly { readonly body: BidBody }[]): boolean =>
  bids.some(({ body }) => decisionSteps(book, { chunks: Object.values(body.chunks) }) > STEPS_AT_ONCE_MAX);

/** The same of a job's menu. */
export const isLongMenu = (book: Book, job: Job): boolean => menuSteps(book, job) > STEPS_AT_ONCE_MAX;
