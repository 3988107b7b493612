/** What was started and has to be stopped, last started first. */
export class Closing {
  private readonly open: { readonly name: string; stop: () => Promise<void> }[] = [];
  private closed?: Promise<void>;

  /** @param onTrouble hears of each thing that could not be stopped; the others are stopped all the same. */
  constructor(private readonly onTrouble: (name: string, cause: unknown) => void) {}

  /** Remembers a thing that runs. @throws Closed, after stopping it, where closing has begun. */
  async add(name: string, stop: () => Promise<void>): Promise<void> {
    if (this.closed) {
      await this.stopOne({ name, stop });
      throw new Closed();
    }
    this.open.push({ name, stop });
  }

  /** Stops everything, once; calling it again waits for the same end. */
  close(): Promise<void> {
    this.closed ??= this.stopAll();
    return this.closed;
  }

  private async stopAll(): Promise<void> {
    for (let last = this.open.pop(); last; last = this.open.pop()) await this.stopOne(last);
  }

  private async stopOne({ name, stop }: { name: string; stop: () => Promise<void> }): Promise<void> {
    try {
      await stop();
    } catch (cause) {
      this.onTrouble(name, cause);
    }
  }
}

/** Everything is being stopped: what was under way ends here. */
export class Closed extends Error {
  override readonly name = 'Closed';
  constructor() {
    super('stopped while it was starting');
  }
}
