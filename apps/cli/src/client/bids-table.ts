import type { ItemOf } from '#sdk';
import { type Column, type Screen, tableOf } from './text.js';

type Bid = ItemOf<'listBids'>;

const BIDS: readonly Column<Bid>[] = [
  { head: 'id', of: ({ id }) => id, isNumber: true },
  { head: 'label', of: ({ label }) => label ?? '' },
  { head: 'status', of: ({ status }) => status },
  { head: 'completes', of: ({ decision }) => decision?.completion?.toString() ?? '', isNumber: true },
  { head: 'value', of: ({ decision }) => decision?.value ?? '', isNumber: true },
  { head: 'pays', of: ({ decision }) => (decision?.reason === null ? decision.payment : ''), isNumber: true },
  { head: 'why', of: ({ decision }) => decision?.reason?.code ?? '' },
];

/** Bids as a table. */
export const bidsTable = (screen: Screen, bids: readonly Bid[]): string => tableOf(screen, BIDS, bids);
