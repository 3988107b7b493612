/** What the id of a quote for cancelling says: all that it binds to, so that quotes are stored nowhere. */
export interface CancellationId {
  readonly bidId: string;
  readonly slot: number;
  readonly returnedMicros: bigint;
  /** Until when it stands, ms. */
  readonly expiresMs: number;
}

const ID = /^c([1-9]\d{0,18})-(0|[1-9]\d{0,9})-(0|[1-9]\d{0,18})-([1-9]\d{0,14})$/;

/** The id as text. */
export const cancellationIdOf = ({ bidId, slot, returnedMicros, expiresMs }: CancellationId): string =>
  `c${bidId}-${slot}-${returnedMicros}-${expiresMs}`;

/** What such a text says. @returns undefined where it is no such id. */
export function readCancellationId(text: string): CancellationId | undefined {
  const [, bidId, slot, returned, expires] = ID.exec(text) ?? [];
  if (bidId === undefined || slot === undefined || returned === undefined || expires === undefined) return undefined;
  return { bidId, slot: Number(slot), returnedMicros: BigInt(returned), expiresMs: Number(expires) };
}
