/** How long bids have waited, seconds. */
export type ReadWaits = (bidIds: readonly bigint[]) => Promise<readonly number[]>;

/** A sample of the waits for decisions: those of the first batch after each opening, asked for right after its commit. */
export class WaitSample {
  private isOpen = true;
  private asking: Promise<void> = Promise.resolve();

  constructor(
    private readonly read: ReadWaits,
    private readonly onWait: (seconds: number) => void,
    private readonly onTrouble: (cause: unknown) => void,
  ) {}

  /** Bids that have just been decided. */
  take(bidIds: readonly bigint[]): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.asking = this.read(bidIds).then((waits) => waits.forEach(this.onWait), this.onTrouble);
  }

  /** Takes another batch; resolves once the last one has been asked about. */
  async open(): Promise<void> {
    await this.asking;
    this.isOpen = true;
  }
}
