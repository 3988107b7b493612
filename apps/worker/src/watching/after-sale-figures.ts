import type { RepairCommit, WatchResult } from '#market';
import type { LifecycleOverview } from '#persistence';
import { MICROS_PER_CREDIT } from '#units';
import { Counter, Gauge, type Registry } from 'prom-client';

const OUTCOMES = { allocation_repaired: 'repaired', allocation_left: 'left', allocation_failed: 'failed' } as const;

/** What the worker measures of life after the sale: what is off sale, whom that hit, what came back, and what is late. */
export class AfterSaleFigures {
  private readonly outages: Gauge;
  private readonly unsettled: Gauge;
  private readonly slotsLate: Gauge;
  private readonly retained: Gauge;
  private readonly silent: Gauge;
  private readonly repairs: Counter<'outcome'>;
  private readonly returned: Counter;
  private readonly siteWindows: Counter<'change'>;

  constructor(registers: Registry[]) {
    const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
    this.outages = gauge('eris_outages_open', 'Outages that withdraw capacity now.');
    this.unsettled = gauge(
      'eris_repairs_oldest_seconds',
      'How long ago the oldest window was opened of which not all hits are dealt with; 0: none.',
    );
    this.slotsLate = gauge('eris_slots_late', 'Slots by which the realtime market that is most behind is behind the time of day.');
    this.retained = gauge('eris_retained_credits', 'What is retained of slots that have run, of jobs that are not complete.');
    this.silent = gauge('eris_sites_silent', 'Watched sites whose heartbeats are missed.');
    this.repairs = new Counter({
      name: 'eris_repairs_total',
      help: 'Allocations that a window has hit, by what became of them: repaired, left, failed.',
      labelNames: ['outcome'],
      registers,
    });
    this.returned = new Counter({ name: 'eris_returned_credits_total', help: 'What came back to those whom windows have hit.', registers });
    this.siteWindows = new Counter({
      name: 'eris_heartbeat_outages_total',
      help: 'Outages of sites that missed heartbeats have opened (opened), and that heartbeats have closed (closed).',
      labelNames: ['change'],
      registers,
    });
  }

  overview({ outages, unsettledSeconds, slotsLate, retainedMicros, silentSites }: LifecycleOverview): void {
    this.outages.set(outages);
    this.unsettled.set(unsettledSeconds);
    this.slotsLate.set(slotsLate);
    this.retained.set(Number(retainedMicros) / Number(MICROS_PER_CREDIT));
    this.silent.set(silentSites);
  }

  dealt(records: RepairCommit['records']): void {
    for (const { event, movements } of records) {
      if (!(event.kind in OUTCOMES)) continue;
      this.repairs.inc({ outcome: OUTCOMES[event.kind as keyof typeof OUTCOMES] });
      for (const { kind, amount } of movements)
        if (kind === 'void' || kind === 'refund') this.returned.inc(Number(amount) / Number(MICROS_PER_CREDIT));
    }
  }

  sites({ opened, closed }: WatchResult): void {
    this.siteWindows.inc({ change: 'opened' }, opened);
    this.siteWindows.inc({ change: 'closed' }, closed);
  }
}
