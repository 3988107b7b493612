import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { createLedgerCheck, readBacklogOverview } from '#persistence';
import type { Pool } from 'pg';
import { every, type Repetition } from '../every.js';
import type { Journal } from '../journal.js';
import type { Figures } from './figures.js';
import type { WaitSample } from './wait-sample.js';

/** How often decisions are asked for how long they took, the backlog is counted, and the ledger is checked, ms. */
const WAITS_MS = 1_000;
const BACKLOG_MS = 5_000;
const LEDGER_MS = 15_000;
/** Markets whose backlog gets a label of its own. */
const MARKETS_MAX = 20;

/** What the watch looks at. */
export interface WatchParts {
  readonly pool: Pool;
  readonly figures: Figures;
  readonly sample: WaitSample;
  readonly journal: Journal;
}

/** Looks, now and then, at the waits, the backlog and the ledger, for whoever looks after the service. Ends before the worker's connections do. */
export class WatchLife implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private repetitions: Repetition[] = [];

  constructor(private readonly parts: WatchParts) {}

  onApplicationBootstrap(): void {
    const { pool, figures, sample, journal } = this.parts;
    const ledger = createLedgerCheck(pool);
    const onTrouble = (cause: unknown): void => journal.trouble('watch', cause);
    const look = async (): Promise<void> => figures.waiting(await readBacklogOverview(pool, MARKETS_MAX));
    const check = async (): Promise<void> => {
      const finding = await ledger.run();
      if (!figures.ledger(finding)) journal.ledgerBroken(finding);
    };
    this.repetitions = [
      every(WAITS_MS, () => sample.open(), onTrouble),
      every(BACKLOG_MS, look, onTrouble),
      every(LEDGER_MS, check, onTrouble),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.repetitions.map((repetition) => repetition.stop()));
  }
}
