import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Scene } from '../support/scenes.js';

const RETRY_MS = 200;

/** Reads a market's events through every break, as a client does: it goes on after the last event that it has. */
export class Reader {
  /** Sequence numbers and kinds in the order in which they came. */
  readonly events: { readonly sequence: number; readonly kind: string }[] = [];
  breaks = 0;
  private readonly agent = new Agent({ bodyTimeout: 0 });
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
    await this.agent.destroy();
  }

  private async read(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.readStream().catch(() => this.breaks++); // the server went away, or we hang up
      if (!this.stopping.signal.aborted) await sleep(RETRY_MS);
    }
  }

  private async readStream(): Promise<void> {
    const answer = await request(`${this.url}/v1/markets/${this.scene.marketId}/events`, {
      dispatcher: this.agent,
      headers: { authorization: `Bearer ${this.scene.operatorKey}`, 'last-event-id': String(this.events.at(-1)?.sequence ?? 0) },
      signal: this.stopping.signal,
    });
    answer.body.setEncoding('utf8');
    let text = '';
    for await (const chunk of answer.body) {
      const blocks = (text + (chunk as string)).split('\n\n');
      text = blocks.pop() ?? '';
      if (answer.statusCode === 200) blocks.forEach((block) => this.hear(block));
    }
  }

  private hear(block: string): void {
    const event = /^id: (\d+)\nevent: (\w+)\n/.exec(block);
    if (event) this.events.push({ sequence: Number(event[1]), kind: event[2] });
  }
}
