import { setTimeout as sleep } from 'node:timers/promises';
import type { OnModuleDestroy } from '@nestjs/common';
import type { Connections } from '../http/connections.js';

/** The end of the process, in two steps. */
export interface Ending {
  /** Aborts when the end is asked for: readiness is withdrawn, answers end their connections, requests are still taken. */
  readonly draining: AbortController;
  /** Aborts when no more requests are taken: streams end, those who wait are answered. */
  readonly stopping: AbortController;
}

/** What the end of requests needs. */
interface Parts {
  readonly ending: Ending;
  /** How long balancers get to notice that readiness was withdrawn, ms. */
  readonly drainMs: number;
  /** How long work under way may take to end, ms. */
  readonly shutdownMs: number;
  readonly connections: Connections;
}

/** Requests that were on their way when the end was asked for are taken in for at least so long, ms: they have been sent, and are owed an answer. */
const ARRIVING_MS = 150;
/** How often is looked whether all requests are answered, ms. */
const LOOK_EVERY_MS = 10;
/** Looks without anything new after which nothing is on its way any more. */
const QUIET_LOOKS = 5;
/** Of the time to end, what is for requests; the rest is for giving back what is held. */
const ANSWERING_SHARE = 0.7;

/**
 * The end of requests, before the services end. First readiness is withdrawn, while requests are still taken; then those who wait are let go (streams end,
 * waiting requests answer 202), and bodies that are not whole given up; requests in hand are answered; then idle connections end, and whatever is not
 * over in time.
 */
export class Drain implements OnModuleDestroy {
  constructor(private readonly parts: Parts) {}

  async onModuleDestroy(): Promise<void> {
    const { ending, drainMs, connections } = this.parts;
    ending.draining.abort();
    await sleep(Math.max(drainMs, ARRIVING_MS));
    ending.stopping.abort();
    connections.stop();
    await this.answerAll();
    connections.endIdle();
  }

  /**
   * Waits until no request is in hand any more and none has come for some looks; those that take too long lose their connection. Looks are counted, not
   * time: where the process was held up, what has come meanwhile is read between two of them.
   */
  private async answerAll(): Promise<void> {
    const { connections, shutdownMs } = this.parts;
    const looksMax = (ANSWERING_SHARE * shutdownMs) / LOOK_EVERY_MS;
    let seen = connections.comingCount;
    for (let looks = 0, quiet = 0; quiet < QUIET_LOOKS && looks < looksMax; looks++) {
      await sleep(LOOK_EVERY_MS);
      quiet = connections.busyCount === 0 && connections.comingCount === seen ? quiet + 1 : 0;
      seen = connections.comingCount;
    }
    if (connections.busyCount > 0) connections.endAll();
  }
}
