import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '#contracts';
import { createPrng, type Prng } from '#lab';
import { Agent, request } from 'undici';
import { jobBody, type Scene } from '../support/scenes.js';
import type { OperationHistory } from './operation-history.js';
import { flap } from './flapping-agent.js';
import { SecondThoughts } from './second-thoughts.js';

const CLIENTS = 6;
const PAUSE_MS_MAX = 60;
/** Bids of a request, at most; twice as many in a burst. */
const BULK = Math.min(Number(process.env.ERIS_CHAOS_BULK ?? 20), LIMITS.bulkBids / 2);
/** A request is repeated, with its key, until it is answered; longer than this, ms, and the service is not coming back. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 100;
const ANSWER_MS_MAX = 15_000;
/** Answers that say "not now". */
const NOT_NOW: readonly number[] = [409, 429, 503];
/** An answer that nobody should get; the client then tries again all the same. */
const BROKEN = 500;

/** A bid that a client was told is on disk. */
export interface Acknowledged {
  readonly bidId: string;
  readonly key: string;
  readonly organisationId: string;
  readonly body: object;
  readonly scene: Scene;
  readonly bidder: number;
}

/** A decision that a client was told. */
export interface ObservedDecision {
  readonly bidId: string;
  readonly status: string;
  readonly sequence: string;
  readonly payment: string;
}

interface Place {
  readonly scene: Scene;
  readonly bidder: number;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Bidders and an operator who go on whatever happens, and remember every answer that they got. */
export class WorkloadClients {
  readonly acknowledged: Acknowledged[] = [];
  readonly told: ObservedDecision[] = [];
  /** What bidders were told to have given back, and to have changed. */
  readonly thoughts: SecondThoughts;
  /** Windows that an operator was told to have opened. */
  opened = 0;
  private faults: string[] = [];
  attempts = 0;
  retries = 0;
  lastAckSentMs = 0;
  private agent = newAgent();
  private readonly random: Prng;
  private isWorking = false;
  private hasGivenUp = false;
  private working: Promise<unknown> = Promise.resolve();
  private made = 0;

  constructor(
    private readonly url: string,
    private readonly scenes: readonly Scene[],
    private readonly history: OperationHistory,
    private readonly seed: number,
  ) {
    this.random = createPrng(seed);
    this.thoughts = new SecondThoughts({
      random: this.random,
      once: (path, call) => this.once(path, call),
      nextBid: ({ scene }) => this.nextBid(scene),
      fault: (what) => this.fault(what),
      notNow: NOT_NOW,
    });
  }

  start(): void {
    this.isWorking = true;
    const clients = Array.from({ length: CLIENTS }, (_, index) => this.client(index));
    const operators = this.scenes.slice(0, 2).flatMap((scene) => [this.moveClock(scene), this.changeCalendar(scene)]);
    const [first] = this.scenes;
    const agent = flap(first, { random: this.random, once: (path, call) => this.once(path, call), isWorking: () => this.isWorking });
    this.working = Promise.all([...clients, ...operators, this.changeMinds(), agent]);
  }

  /** Lets every request that is under way be answered, however often it must be repeated. */
  async stop(): Promise<void> {
    this.isWorking = false;
    await this.working;
  }

  /** Ends at once: nobody is there to answer. */
  giveUp(): void {
    this.isWorking = false;
    this.hasGivenUp = true;
  }

  /** Bids for every market at once, so that there is a backlog. */
  async burst(): Promise<void> {
    await Promise.all(this.scenes.map((scene) => this.bulk({ scene, bidder: 0 }, BULK * 2)));
  }

  /** Repeats an acknowledged bid: its body, or another one. */
  async repeat({ scene, bidder, key, body }: Acknowledged, fields: object = {}): Promise<Reply> {
    return this.send(`/v1/markets/${scene.marketId}/bids`, {
      bearer: scene.bidders[bidder].key,
      headers: { 'idempotency-key': key },
      body: { ...body, ...fields },
    });
  }

  /** Answers that nobody should ever get, since this was last asked; alike ones once. */
  takeFaults(): string[] {
    const times = new Map<string, number>();
    for (const fault of this.faults) {
      const kind = fault.replace(/c\d+-\d+/, 'a bid').replace(/"instance".*/, '');
      times.set(kind, (times.get(kind) ?? 0) + 1);
    }
    this.faults = [];
    return [...times].map(([kind, count]) => `${count} times: ${kind}`);
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async client(index: number): Promise<void> {
    const random = createPrng(this.seed * CLIENTS + index + this.made);
    while (this.isWorking) {
      const place = { scene: random.pick(this.scenes), bidder: random.below(2) };
      if (random.below(4) === 0) await this.bulk(place, random.between(2, BULK));
      else await this.single(place, random.below(3) === 0);
      await sleep(random.below(PAUSE_MS_MAX));
    }
  }

  private async single({ scene, bidder }: Place, isWaiting: boolean): Promise<void> {
    const { key, body } = this.nextBid(scene);
    const sentMs = performance.now();
    const reply = await this.insist(`/v1/markets/${scene.marketId}/bids`, {
      bearer: scene.bidders[bidder].key,
      headers: { 'idempotency-key': key, ...(isWaiting ? { prefer: 'wait=5' } : {}) },
      body,
    });
    if (!reply) return;
    if (reply.status !== 200 && reply.status !== 202) return this.fault(`${key} was answered ${reply.status} ${reply.text}`);
    const { id, status, decision } = JSON.parse(reply.text) as { id: string; status: string; decision?: ObservedDecision | null };
    this.acknowledge({ bidId: id, key, organisationId: scene.bidders[bidder].id, body, scene, bidder }, sentMs);
    if (decision) this.told.push({ bidId: id, status, sequence: decision.sequence, payment: decision.payment });
  }

  private async bulk({ scene, bidder }: Place, count: number): Promise<void> {
    let bids = Array.from({ length: count }, () => this.nextBid(scene));
    for (const giveUpMs = performance.now() + PATIENCE_MS; bids.length > 0; await sleep(RETRY_MS)) {
      const sentMs = performance.now();
      const reply = await this.insist(`/v1/markets/${scene.marketId}/bids/bulk`, {
        bearer: scene.bidders[bidder].key,
        headers: {},
        body: { bids: bids.map(({ key, body }) => ({ idempotencyKey: key, ...body })) },
      });
      if (!reply) return;
      if (reply.status !== 200) return this.fault(`bulk from ${bids[0].key} was answered ${reply.status} ${reply.text}`);
      const { results } = JSON.parse(reply.text) as { results: { id?: string; problem?: { status: number; type: string } }[] };
      bids = bids.filter(({ key, body }, at) => {
        const { id, problem } = results[at];
        if (id) this.acknowledge({ bidId: id, key, organisationId: scene.bidders[bidder].id, body, scene, bidder }, sentMs);
        else if (!NOT_NOW.includes(problem?.status ?? 0)) this.fault(`${key} in bulk was answered ${problem?.status} ${problem?.type}`);
        return id === undefined;
      });
      if (!this.isPatient(giveUpMs)) return this.fault(`${bids[0].key} in bulk was not taken for ${PATIENCE_MS} ms`);
    }
  }

  /** The operator: a slot every so often; what has run is captured. */
  private async moveClock(scene: Scene): Promise<void> {
    for (let slot = 1; this.isWorking; await sleep(this.random.between(200, 800))) {
      const reply = await this.once(`/v1/markets/${scene.marketId}/clock`, { bearer: scene.operatorKey, headers: {}, body: { slot } });
      if (reply?.status === 200) slot++;
      else if (reply?.status === 409) slot += reply.text.includes('clock_backwards') ? 1 : 0;
      else if (reply && !NOT_NOW.includes(reply.status)) this.fault(`the clock was answered ${reply.status} ${reply.text}`);
    }
  }

  /** The operator: takes a site off sale for some slots, and puts it on sale again. */
  private async changeCalendar(scene: Scene): Promise<void> {
    const windows = `/v1/markets/${scene.marketId}/windows`;
    const bearer = scene.operatorKey;
    for (; this.isWorking; await sleep(this.random.between(100, 700))) {
      const body = {
        kind: 'outage',
        scope: 'site',
        siteId: this.random.pick(scene.siteIds),
        ...(this.random.below(2) && { amounts: { cpu: 6 } }),
      };
      const reply = await this.once(windows, { bearer, headers: {}, body });
      if (reply && reply.status !== 201 && !NOT_NOW.includes(reply.status))
        this.fault(`a window was answered ${reply.status} ${reply.text}`);
      if (reply?.status !== 201) continue;
      this.opened++;
      await this.closeWindow(`${windows}/${(JSON.parse(reply.text) as { id: string }).id}`, bearer);
    }
  }

  /** Until it is closed, or was before by a request whose answer was lost. */
  private async closeWindow(path: string, bearer: string): Promise<void> {
    for (const giveUpMs = performance.now() + PATIENCE_MS; this.isPatient(giveUpMs); await sleep(RETRY_MS)) {
      const reply = await this.once(path, { bearer, headers: {}, method: 'DELETE' });
      if (reply?.status === 204 || reply?.text.includes('window_over')) return;
      if (reply && !NOT_NOW.includes(reply.status)) return this.fault(`closing a window was answered ${reply.status} ${reply.text}`);
    }
    this.fault(`${path} could not be closed for ${PATIENCE_MS} ms`);
  }

  /** Bidders who think twice about what they were sold. */
  private async changeMinds(): Promise<void> {
    for (; this.isWorking; await sleep(this.random.between(50, 400))) {
      const accepted = this.told.filter(({ status }) => status === 'accepted');
      const { bidId } = accepted.length > 0 ? this.random.pick(accepted) : {};
      const mine = this.acknowledged.find((bid) => bid.bidId === bidId);
      if (mine) await this.thoughts.about(mine);
    }
  }

  private nextBid(scene: Scene): { key: string; body: object } {
    const random = this.random;
    const chunks = { [random.pick(scene.siteIds)]: random.between(1, 12), [random.pick(scene.siteIds)]: random.between(1, 12) };
    const valuation = { kind: 'deadline', value: random.between(1, 4_000), deadline: random.between(5, 49) };
    const epochs = random.between(2, 30);
    return { key: `c${this.seed}-${this.made++}`, body: jobBody(scene.siteIds, { chunks, valuation, epochs }) };
  }

  private acknowledge(bid: Acknowledged, sentMs: number): void {
    this.acknowledged.push(bid);
    this.lastAckSentMs = Math.max(this.lastAckSentMs, sentMs);
  }

  private fault(what: string): void {
    this.faults.push(what.slice(0, 500));
    this.history.tell('fault', { what });
  }

  private isPatient(untilMs: number): boolean {
    return !this.hasGivenUp && performance.now() < untilMs;
  }

  /** Sends a request until it is answered by something else than "not now". */
  private async insist(path: string, call: Call): Promise<Reply | undefined> {
    for (const giveUpMs = performance.now() + PATIENCE_MS; this.isPatient(giveUpMs); await sleep(RETRY_MS)) {
      const reply = await this.once(path, call);
      if (reply?.status === BROKEN) this.fault(`${call.headers['idempotency-key'] ?? path} was answered ${BROKEN} ${reply.text}`);
      else if (reply && !NOT_NOW.includes(reply.status)) return reply;
      this.retries++;
    }
    this.fault(`${path} was not answered for ${PATIENCE_MS} ms`);
    return undefined;
  }

  /** Sends a request once. @returns undefined where there was no answer. */
  private async once(path: string, call: Call): Promise<Reply | undefined> {
    const what = call.headers['idempotency-key'] ?? path;
    try {
      const reply = await this.send(path, call);
      this.history.tell('answer', { what, status: reply.status, text: reply.text.slice(0, reply.status < 300 ? 80 : 300) });
      return reply;
    } catch (cause) {
      this.history.tell('no answer', { what, cause: cause instanceof Error ? `${cause.name} ${cause.message}` : String(cause) });
      return undefined;
    }
  }

  private async send(path: string, { bearer, headers, body, method = 'POST' }: Call): Promise<Reply> {
    this.attempts++;
    const response = await request(this.url + path, {
      method,
      headers: { authorization: `Bearer ${bearer}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
      dispatcher: this.agent,
    });
    return { status: response.statusCode, text: await response.body.text() };
  }
}

export interface Call {
  readonly bearer: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly method?: 'POST' | 'DELETE' | 'PATCH';
}

const newAgent = (): Agent => new Agent({ connections: 32, headersTimeout: ANSWER_MS_MAX, bodyTimeout: ANSWER_MS_MAX });
