import type { BidBody, Kinds } from '#kinds';
import type { Book } from '#mechanism';

/** Cells of a window, over which its book is built away from the event loop: at that size that takes some milliseconds. */
export const CELLS_AT_ONCE_MAX = 8_192;

/**
 * Sites times slots, up to which everything is thought about at once. The bound of steps allows a job of any size the whole budget of the oracle; on a
 * window as small as the testbed's hardly any comes near it.
 */
const PLACES_AT_ONCE_MAX = 512;

/** Counted steps, over which bids on larger windows are decided away from the event loop: ten to twenty milliseconds. */
const STEPS_AT_ONCE_MAX = 10_000_000;
/** The same of quotes: the loop that they would be thought about on answers everybody. */
const MENU_STEPS_AT_ONCE_MAX = 2_000_000;

const isSmall = ({ siteCount, slotCount }: Book): boolean => siteCount * slotCount <= PLACES_AT_ONCE_MAX;

/** Whether one of these bids may take longer to decide than an event loop can spare. Told from sizes and from what is priced. */
export const mayTakeLong = (book: Book, bids: readonly { readonly body: BidBody }[], kinds: Kinds): boolean =>
  !isSmall(book) && bids.some(({ body }) => kinds.of(body).decisionSteps(book, body) > STEPS_AT_ONCE_MAX);

/** The same of a job's menu. */
export const isLongMenu = (book: Book, body: BidBody, kinds: Kinds): boolean =>
  !isSmall(book) && kinds.of(body).menuSteps(book, body) > MENU_STEPS_AT_ONCE_MAX;
