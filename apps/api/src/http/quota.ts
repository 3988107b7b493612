import type { ProblemCode } from '#contracts';
import { ProblemError } from './problem-error.js';

/** Who holds something: a key, its organisation, and the operator's family that this organisation is in. */
export interface Holder {
  readonly keyId: bigint;
  readonly organisationId: bigint;
  readonly familyId: bigint;
}

/** What one holder may have of a quota. */
export interface Shares {
  readonly key: number;
  readonly organisation: number;
  readonly family: number;
}

/** Something of a quota that is held until it is released; releasing again changes nothing. */
export interface Hold {
  /** Takes more of the same, unless it was released. @throws ProblemError where that would be too much; what was held stays held. */
  grow(amount: number): void;
  release(): void;
}

const RETRY_AFTER = { 'retry-after': '1' };

/** What is there of a quota, and how it is told about. */
export interface QuotaSize {
  /** What all holders may have together. */
  readonly max: number;
  readonly shares: Shares;
  /** The problem of a server that has no more to give. */
  readonly full: ProblemCode;
  /** What is counted, in words: "event streams". */
  readonly what: string;
}

/**
 * Something that all share, such as requests in hand: no more than `max` of it, and no more than its share to any key, organisation or family, so
 * that nobody's use of it, by however many keys or organisations of its own, leaves others without.
 */
export class Quota {
  private all = 0;
  private readonly keys = new Map<bigint, number>();
  private readonly organisations = new Map<bigint, number>();
  private readonly families = new Map<bigint, number>();

  constructor(private readonly size: QuotaSize) {}

  /** What is held now by all. */
  get held(): number {
    return this.all;
  }

  /** @throws ProblemError where there is none left (503), or none of the holder's share (429); nothing is taken then. */
  take(holder: Holder, amount = 1): Hold {
    this.add(holder, amount);
    let held = amount;
    let isReleased = false;
    return {
      grow: (more) => {
        if (isReleased) return;
        this.add(holder, more);
        held += more;
      },
      release: () => {
        isReleased = true;
        if (held > 0) this.give(holder, held);
        held = 0;
      },
    };
  }

  private add({ keyId, organisationId, familyId }: Holder, amount: number): void {
    const { max, shares, full, what } = this.size;
    if (this.all + amount > max) throw new ProblemError(full, { detail: `The server has as many ${what} as it takes.` }, RETRY_AFTER);
    const key = (this.keys.get(keyId) ?? 0) + amount;
    const organisation = (this.organisations.get(organisationId) ?? 0) + amount;
    const family = (this.families.get(familyId) ?? 0) + amount;
    if (key > shares.key) throw this.exceeded('This key', shares.key);
    if (organisation > shares.organisation) throw this.exceeded('This organisation', shares.organisation);
    if (family > shares.family) throw this.exceeded('The operator together with the organisations that it made', shares.family);
    this.all += amount;
    this.keys.set(keyId, key);
    this.organisations.set(organisationId, organisation);
    this.families.set(familyId, family);
  }

  private exceeded(who: string, share: number): ProblemError {
    return new ProblemError('share_exceeded', { detail: `${who} may have ${share} ${this.size.what} at once.` }, RETRY_AFTER);
  }

  private give({ keyId, organisationId, familyId }: Holder, amount: number): void {
    this.all -= amount;
    lower(this.keys, keyId, amount);
    lower(this.organisations, organisationId, amount);
    lower(this.families, familyId, amount);
  }
}

function lower(counts: Map<bigint, number>, id: bigint, amount: number): void {
  const left = (counts.get(id) ?? 0) - amount;
  if (left > 0) counts.set(id, left);
  else counts.delete(id);
}
