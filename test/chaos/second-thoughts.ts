import { setTimeout as sleep } from 'node:timers/promises';
import type { Prng } from '#lab';
import type { Acknowledged, Call, Reply } from './workload-clients.js';

/** What a bidder needs who thinks twice. */
interface Means {
  readonly random: Prng;
  /** Sends a request once; undefined where there was no answer. */
  once(path: string, call: Call): Promise<Reply | undefined>;
  nextBid(bid: Acknowledged): { readonly key: string; readonly body: object };
  fault(what: string): void;
  /** Statuses that say "not now". */
  readonly notNow: readonly number[];
}

const OUTDATED = [410, 412];

/** Bidders who ask what giving an allocation back would bring, and give it back or have another one in its place. */
export class SecondThoughts {
  /** What they were told to have given back, and to have changed. */
  readonly cancelled: { readonly bidId: string; readonly sequence: string; readonly returned: string }[] = [];
  readonly changed: { readonly bidId: string; readonly newId: string }[] = [];

  constructor(private readonly means: Means) {}

  async about(mine: Acknowledged): Promise<void> {
    const { random, once } = this.means;
    const { bidId, scene, bidder } = mine;
    const call = { bearer: scene.bidders[bidder].key, headers: {} };
    const quote = await once(`/v1/allocations/${bidId}/cancellation-quotes`, { ...call, body: {} });
    if (quote?.status !== 200) return;
    const { id, returned } = JSON.parse(quote.text) as { id: string; returned: string };
    await sleep(random.below(300));
    if (random.below(2) === 0) await this.change(mine, id, call);
    else await this.cancel(bidId, returned, { ...call, body: { quote: id } });
  }

  private async cancel(bidId: string, returned: string, call: Call): Promise<void> {
    const reply = await this.means.once(`/v1/allocations/${bidId}/cancel`, call);
    if (reply?.status === 200)
      this.cancelled.push({ bidId, returned, sequence: (JSON.parse(reply.text) as { sequence: string }).sequence });
    else this.hold(reply, 'cancelling');
  }

  private async change(mine: Acknowledged, quote: string, call: Call): Promise<void> {
    const { bidId } = mine;
    const { key, body: bid } = this.means.nextBid(mine);
    const reply = await this.means.once(`/v1/allocations/${bidId}/change`, {
      ...call,
      headers: { 'idempotency-key': key },
      body: { quote, bid },
    });
    if (reply?.status !== 200) return this.hold(reply, 'changing', [202]);
    const { id: newId, status } = JSON.parse(reply.text) as { id: string; status: string };
    if (status === 'accepted') this.changed.push({ bidId, newId });
  }

  private hold(reply: Reply | undefined, what: string, also: readonly number[] = []): void {
    const { notNow, fault } = this.means;
    if (reply && ![...notNow, ...OUTDATED, ...also].includes(reply.status)) fault(`${what} was answered ${reply.status} ${reply.text}`);
  }
}
