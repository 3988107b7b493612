import { invariant } from '#units';
import { rotate } from '../rounds/index.js';

/** How many jobs may run and wait: in all, of a tenant, of an organisation. */
export interface FairLimits {
  /** Jobs at the same time. */
  readonly atOnce: number;
  /** Jobs of one tenant at the same time, where that is less: whoever comes next need not wait for the end of one of its. */
  readonly atOncePerTenant?: number;
  /** The most jobs, waiting and under way, of one organisation, of one tenant's organisations together, and of all. */
  readonly perOrganisation: number;
  readonly perTenant: number;
  readonly inAll: number;
  /** How long a job may wait for its turn, ms: as long as it takes where it isn't said. */
  readonly waitMs?: number;
  /** What is waited for between a job's end and the next one's beginning: nothing where it isn't said. */
  readonly pause?: () => Promise<unknown>;
}

/** Whose job it is: an organisation, and the tenant (its operator) that it belongs to. */
export interface Party {
  readonly tenantId: bigint;
  readonly organisationId: bigint;
  /** Whether nobody waits for the job any more: it is not begun then. */
  readonly isGone?: () => boolean;
}

/** Why a job was not taken: its party has its share already, or there are too many in all. */
export type FairRefusal = 'share_used' | 'full';

/** A job's turn did not come in time, or nobody waited for it any more; nothing of it was done. */
export class TurnTooLate extends Error {
  override readonly name = 'TurnTooLate';
}

interface Job {
  readonly party: Party;
  readonly begin: () => void;
}

/**
 * Lets jobs through, a few at a time. Tenants take turns, and so do the organisations of each: whoever brings many jobs waits for itself. What a
 * tenant may have waiting does not grow with the number of its organisations.
 */
export class FairQueue {
  private readonly waiting = new Map<bigint, Map<bigint, Job[]>>();
  private readonly jobsOf = new Map<string, number>();
  private readonly runningOf = new Map<bigint, number>();
  private readonly atOncePerTenant: number;
  private running = 0;
  private jobs = 0;
  private queued = 0;

  constructor(private readonly limits: FairLimits) {
    const { atOnce, atOncePerTenant = atOnce } = limits;
    invariant(atOnce >= 1, 'a job may run');
    invariant(atOncePerTenant >= 1, 'a job of each tenant may run');
    this.atOncePerTenant = atOncePerTenant;
  }

  /** Jobs that wait for their turn. */
  get waitingCount(): number {
    return this.queued;
  }

  /** Jobs under way. */
  get runningCount(): number {
    return this.running;
  }

  /** @returns what the job comes to, or at once why it isn't taken. Rejects with TurnTooLate where it has waited for as long as it may, or its party is gone. */
  run<T>(party: Party, work: () => Promise<T>): Promise<T> | FairRefusal {
    const { perOrganisation, perTenant, inAll } = this.limits;
    if (this.count(organisationKey(party)) >= perOrganisation || this.count(tenantKey(party)) >= perTenant) return 'share_used';
    if (this.jobs >= inAll) return 'full';
    return this.perform(party, work);
  }

  private async perform<T>(party: Party, work: () => Promise<T>): Promise<T> {
    this.add(party, 1);
    try {
      await this.turn(party);
      try {
        if (party.isGone?.()) throw new TurnTooLate('nobody waits for it any more');
        return await work();
      } finally {
        void this.pass(party); // nothing in it fails
      }
    } finally {
      this.add(party, -1);
    }
  }

  private async pass({ tenantId }: Party): Promise<void> {
    await this.limits.pause?.();
    this.running -= 1;
    addTo(this.runningOf, tenantId, -1);
    this.next();
  }

  private turn(party: Party): Promise<void> {
    const { waitMs } = this.limits;
    const turn = new Promise<void>((resolve, reject) => {
      if (waitMs === undefined) return this.enqueue({ party, begin: resolve });
      const late = setTimeout(() => {
        this.giveUp(job);
        reject(new TurnTooLate(`no turn within ${waitMs} ms`));
      }, waitMs);
      const job = { party, begin: () => (clearTimeout(late), resolve()) };
      this.enqueue(job);
    });
    this.next();
    return turn;
  }

  private enqueue(job: Job): void {
    const { tenantId, organisationId } = job.party;
    const ofTenant = this.waiting.get(tenantId) ?? new Map<bigint, Job[]>();
    this.waiting.set(tenantId, ofTenant);
    const ofOrganisation = ofTenant.get(organisationId);
    if (ofOrganisation) ofOrganisation.push(job);
    else ofTenant.set(organisationId, [job]);
    this.queued += 1;
  }

  /** Takes a job that waits out of its place. */
  private giveUp(job: Job): void {
    const { tenantId, organisationId } = job.party;
    const ofTenant = this.waiting.get(tenantId);
    const ofOrganisation = ofTenant?.get(organisationId);
    invariant(ofTenant !== undefined && ofOrganisation !== undefined, 'who gives up was waiting');
    ofOrganisation.splice(ofOrganisation.indexOf(job), 1);
    this.tidy(job.party, ofTenant, ofOrganisation);
    this.queued -= 1;
  }

  private next(): void {
    const job = this.running < this.limits.atOnce ? this.takeNext() : undefined;
    if (!job) return;
    this.queued -= 1;
    this.running += 1;
    addTo(this.runningOf, job.party.tenantId, 1);
    job.begin();
  }

  /** The job whose turn it is: of the first tenant in line that has not as many under way as it may. */
  private takeNext(): Job | undefined {
    for (const [tenantId, ofTenant] of this.waiting) {
      if ((this.runningOf.get(tenantId) ?? 0) >= this.atOncePerTenant) continue;
      this.waiting.delete(tenantId);
      this.waiting.set(tenantId, ofTenant);
      const ofOrganisation = rotate(ofTenant);
      const job = ofOrganisation?.shift();
      invariant(ofOrganisation !== undefined && job !== undefined, 'who has nothing waiting has no turn');
      this.tidy(job.party, ofTenant, ofOrganisation);
      return job;
    }
    return undefined;
  }

  /** Who has nothing waiting is not in line. */
  private tidy({ tenantId, organisationId }: Party, ofTenant: Map<bigint, Job[]>, ofOrganisation: readonly Job[]): void {
    if (ofOrganisation.length === 0) ofTenant.delete(organisationId);
    if (ofTenant.size === 0) this.waiting.delete(tenantId);
  }

  private count(key: string): number {
    return this.jobsOf.get(key) ?? 0;
  }

  private add(party: Party, jobs: number): void {
    this.jobs += jobs;
    for (const key of [organisationKey(party), tenantKey(party)]) addTo(this.jobsOf, key, jobs);
  }
}

const organisationKey = ({ organisationId }: Party): string => `organisation ${organisationId}`;
const tenantKey = ({ tenantId }: Party): string => `tenant ${tenantId}`;

function addTo<Key>(counts: Map<Key, number>, key: Key, more: number): void {
  const count = (counts.get(key) ?? 0) + more;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
