import { invariant } from '#units';

export interface FairLimits {
  /** Jobs at the same time. */
  readonly atOnce: number;
  /** The most jobs, waiting and under way, of one organisation, of one tenant's organisations together, and of all. */
  readonly perOrganisation: number;
  readonly perTenant: number;
  readonly inAll: number;
  /** What is waited for between a job's end and the next one's beginning: nothing where it isn't said. */
  readonly pause?: () => Promise<unknown>;
}

/** Whose job it is: an organisation, and the tenant (its operator) that it belongs to. */
export interface Party {
  readonly tenantId: bigint;
  readonly organisationId: bigint;
}

/** Why a job was not taken: its party has its share already, or there are too many in all. */
export type FairRefusal = 'share_used' | 'full';

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
  private running = 0;
  private jobs = 0;
  private queued = 0;

  constructor(private readonly limits: FairLimits) {
    invariant(limits.atOnce >= 1, 'a job may run');
  }

  /** Jobs that wait for their turn. */
  get waitingCount(): number {
    return this.queued;
  }

  /** Jobs under way. */
  get runningCount(): number {
    return this.running;
  }

  /** @returns what the job comes to, or at once why it isn't taken. */
  run<T>(party: Party, work: () => Promise<T>): Promise<T> | FairRefusal {
    const { perOrganisation, perTenant, inAll } = this.limits;
    if (this.count(organisationKey(party)) >= perOrganisation || this.count(tenantKey(party)) >= perTenant) return 'share_used';
    if (this.jobs >= inAll) return 'full';
    this.add(party, 1);
    return this.turn(party)
      .then(work)
      .finally(() => {
        this.add(party, -1);
        void this.pass(); // nothing in it fails
      });
  }

  private async pass(): Promise<void> {
    await this.limits.pause?.();
    this.running -= 1;
    this.next();
  }

  private turn(party: Party): Promise<void> {
    const turn = new Promise<void>((begin) => this.enqueue({ party, begin }));
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

  private next(): void {
    if (this.running >= this.limits.atOnce) return;
    const ofTenant = rotate(this.waiting);
    const ofOrganisation = ofTenant && rotate(ofTenant);
    if (!ofTenant || !ofOrganisation) return;
    const job = ofOrganisation.shift();
    invariant(job !== undefined, 'who has nothing waiting has no turn');
    if (ofOrganisation.length === 0) ofTenant.delete(job.party.organisationId);
    if (ofTenant.size === 0) this.waiting.delete(job.party.tenantId);
    this.queued -= 1;
    this.running += 1;
    job.begin();
  }

  private count(key: string): number {
    return this.jobsOf.get(key) ?? 0;
  }

  private add(party: Party, jobs: number): void {
    this.jobs += jobs;
    for (const key of [organisationKey(party), tenantKey(party)]) {
      const count = this.count(key) + jobs;
      if (count === 0) this.jobsOf.delete(key);
      else this.jobsOf.set(key, count);
    }
  }
}

const organisationKey = ({ organisationId }: Party): string => `organisation ${organisationId}`;
const tenantKey = ({ tenantId }: Party): string => `tenant ${tenantId}`;

/** The first entry's value; its entry becomes the last one. */
function rotate<Value>(entries: Map<bigint, Value>): Value | undefined {
  for (const [key, value] of entries) {
    entries.delete(key);
    entries.set(key, value);
    return value;
  }
  return undefined;
}
