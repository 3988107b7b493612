import { Eris } from '#sdk';
import type { Scene } from '../support/scenes.js';

/** What is opened again, and what is taken for dead, sooner than by clients in the wild: a round of faults takes seconds. */
const RETRY_MS = 200;
const SILENCE_MS = 20_000;

/** Reads a market's events through every break, as a client does: it goes on after the last event that it has. */
export class Reader {
  /** Sequence numbers and kinds in the order in which they came. */
  readonly events: { readonly sequence: number; readonly kind: string }[] = [];
  breaks = 0;
  private readonly stopping = new AbortController();
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly scene: Scene,
  ) {}

  get marketId(): string {
    return this.scene.marketId;
  }

  start(): void {
    this.reading = this.read();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reading;
  }

  private async read(): Promise<void> {
    const { signal } = this.stopping;
    const eris = new Eris({ url: this.url, key: this.scene.operatorKey });
    const options = { signal, retryMs: RETRY_MS, retryMsMax: RETRY_MS, silenceMs: SILENCE_MS, onBreak: () => (this.breaks += 1) };
    try {
      for await (const { sequence, kind } of eris.events(this.marketId, options)) this.events.push({ sequence: Number(sequence), kind });
    } catch (cause) {
      if (!signal.aborted) throw cause;
    }
  }
}
