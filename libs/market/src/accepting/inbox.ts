/** A bid on its way in: validated, not yet stored. */
export interface NewBid {
  readonly marketId: bigint;
  readonly organisationId: bigint;
  /** The operator's family that it belongs to, with which it takes turns; itself where nothing is said. */
  readonly tenantId?: bigint;
  readonly idempotencyKey: string;
  /** The API key that it was placed with, where that is known. */
  readonly keyId?: bigint | undefined;
  /** SHA-256 of the canonical request, to tell a replay from a key used for something else. */
  readonly requestHash: Uint8Array;
  readonly label: string | null;
  /** JSON text of the body. */
  readonly body: string;
}

/** What the store says to a bid, in order of precedence: a replay is a replay whatever became of the market since. */
export type InboxAnswer =
  | { readonly kind: 'queued'; readonly bidId: bigint; readonly replayed: boolean }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'market_unknown' }
  | { readonly kind: 'market_closed' }
  | { readonly kind: 'market_paused' };

/** Where acknowledged bids are kept. */
export interface BidInbox {
  /**
   * Stores bids with their backlog rows in one committed statement; no two of them share organisation and key.
   * @returns an answer for each, in the same order. Rejects where the commit is not known to have happened.
   */
  insert(bids: readonly NewBid[]): Promise<readonly InboxAnswer[]>;
}
