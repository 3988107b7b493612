import type { OpenWindowRow } from '../lifecycle/repair-ports.js';

/** Windows whose hits are not dealt with, in the order in which they are settled. */
export class Unsettled {
  private windows: readonly OpenWindowRow[] = [];
  /** The entry that opened the last one. */
  private opening = 0n;

  /** The window whose hits are being dealt with. */
  get first(): OpenWindowRow | undefined {
    return this.windows[0];
  }

  /** In words, where none may be open now; undefined where that is so. */
  fault(): string | undefined {
    return this.first && `window ${this.first.windowId} is not settled`;
  }

  /** Occurrences of recurring maintenance are opened together, one entry after the other. @returns in words, why this one may not be. */
  open(window: OpenWindowRow, sequence: bigint): string | undefined {
    const fault = this.opening === sequence - 1n ? undefined : this.fault();
    if (fault !== undefined) return fault;
    this.opening = sequence;
    this.windows = [...this.windows, window];
    return undefined;
  }

  /** Nobody is left whom the first one has hit. */
  settle(): void {
    this.windows = this.windows.slice(1);
  }
}
