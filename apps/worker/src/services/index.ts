import type { Service } from '#runtime';
import { watchBacklog } from './backlog.js';
import { learnPrices } from './learning.js';
import { listenForWakeUps } from './wake-ups.js';
import { tickClocks } from './clock.js';
import { deciding } from './deciding.js';
import { watchSites } from './heartbeats.js';
import { watchLifecycle } from './lifecycle.js';
import { checkLedger } from './ledger-check.js';
import { serveMetrics } from './metrics.js';
import type { WorkerParts } from '../parts.js';
import { openRecurring } from './recurring.js';
import { repairMarkets } from './repairs.js';
import { sealReceipts } from './receipts.js';
import { sweepBacklog, sweepWhileBusy } from './sweep.js';
import { keepSnapshots, keepViews } from './views.js';
import { sampleWaits } from './waits.js';

/** What a worker does, from its start to its end: a file and a line for each. They start in this order, and stop together. */
export const SERVICES: readonly ((parts: WorkerParts) => Service)[] = [
  deciding,
  serveMetrics,
  listenForWakeUps,
  sweepBacklog,
  sweepWhileBusy,
  tickClocks,
  repairMarkets,
  watchSites,
  openRecurring,
  sealReceipts,
  learnPrices,
  keepViews,
  keepSnapshots,
  sampleWaits,
  watchBacklog,
  watchLifecycle,
  checkLedger,
];
