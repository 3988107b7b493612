import { at, invariant } from '#units';
import { rotate } from '../rounds/index.js';
import type { Group, Waiting } from './group.js';
import type { NewBid } from './inbox.js';

/** How much one statement may carry. */
export interface GroupLimits {
  readonly bidsMax: number;
  readonly charactersMax: number;
}

/** The bids of one organisation, in the order in which they came; those before `next` are taken. */
interface Line {
  bids: Waiting[];
  next: number;
}

/** The organisations of a tenant that have bids waiting, the one whose turn it is first. */
interface Tenant {
  count: number;
  readonly lines: Map<bigint, Line>;
}

/** How many bids of a bidder and of its tenant wait. */
export interface WaitingCounts {
  readonly ofOrganisation: number;
  readonly ofTenant: number;
}

const NONE: WaitingCounts = { ofOrganisation: 0, ofTenant: 0 };
/** What was taken of a line is let go of when it is so much, and half of it. */
const TAKEN_MAX = 512;

/**
 * Bids that wait for their statement. Tenants take turns, a bid each, and so do the organisations of each; a bidder's own bids keep their order. Whoever
 * brings thousands waits for itself.
 */
export class WaitingBids {
  private readonly tenants = new Map<bigint, Tenant>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  countsOf({ organisationId, tenantId = organisationId }: NewBid): WaitingCounts {
    const tenant = this.tenants.get(tenantId);
    if (!tenant) return NONE;
    const line = tenant.lines.get(organisationId);
    return { ofTenant: tenant.count, ofOrganisation: line ? line.bids.length - line.next : 0 };
  }

  add(waiting: Waiting): void {
    this.lineFor(waiting).bids.push(waiting);
  }

  /**
   * Takes what one statement can carry. Identical bids share a row; a bid that uses the key of another one already taken has to see that one's row
   * first, so it stays.
   */
  takeGroups({ bidsMax, charactersMax }: GroupLimits): Group[] {
    const groups = new Map<string, Waiting[]>();
    const left: Waiting[] = [];
    for (let characters = 0; groups.size < bidsMax && characters < charactersMax;) {
      const waiting = this.takeNext();
      if (!waiting) break;
      const key = `${waiting.newBid.organisationId} ${waiting.newBid.idempotencyKey}`;
      const group = groups.get(key);
      if (!group) groups.set(key, [waiting]);
      else if (isSame(at(group, 0).newBid, waiting.newBid)) group.push(waiting);
      else left.push(waiting);
      characters += waiting.newBid.body.length;
    }
    for (const waiting of left.reverse()) this.putBack(waiting);
    return [...groups.values()];
  }

  private takeNext(): Waiting | undefined {
    const tenant = rotate(this.tenants);
    const line = tenant && rotate(tenant.lines);
    if (!tenant || !line) return undefined;
    const waiting = at(line.bids, line.next++);
    this.count -= 1;
    tenant.count -= 1;
    const { organisationId, tenantId = organisationId } = waiting.newBid;
    if (line.next === line.bids.length) tenant.lines.delete(organisationId);
    else if (line.next >= TAKEN_MAX && 2 * line.next >= line.bids.length) {
      line.bids = line.bids.slice(line.next);
      line.next = 0;
    }
    if (tenant.lines.size === 0) this.tenants.delete(tenantId);
    return waiting;
  }

  /** Before all others of its bidder. */
  private putBack(waiting: Waiting): void {
    const line = this.lineFor(waiting);
    line.bids.splice(line.next, 0, waiting);
  }

  /** The line that a bid is about to join. */
  private lineFor({ newBid: { organisationId, tenantId = organisationId } }: Waiting): Line {
    let tenant = this.tenants.get(tenantId);
    if (!tenant) this.tenants.set(tenantId, (tenant = { count: 0, lines: new Map() }));
    let line = tenant.lines.get(organisationId);
    if (!line) tenant.lines.set(organisationId, (line = { bids: [], next: 0 }));
    this.count += 1;
    tenant.count += 1;
    invariant(tenant.count <= this.count, 'a tenant has no more bids than there are');
    return line;
  }
}

const isSame = (one: NewBid, other: NewBid): boolean =>
  one.marketId === other.marketId && Buffer.compare(one.requestHash, other.requestHash) === 0;
