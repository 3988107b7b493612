import { createHolds } from './holds.js';
import { ProblemError } from './problem-error.js';
import type { Quota } from './quota.js';

const limits = { requests: 100, bodyBytes: 1_000, streams: 16, waits: 16, share: 0.25, bodyLimitBytes: 400 };
const holder = (keyId: bigint, organisationId = keyId, familyId = organisationId) => ({ keyId, organisationId, familyId });

/** Takes one after the other until something is refused. @returns how many were had, and the problem. */
function fill(quota: Quota, holderOf: (index: number) => ReturnType<typeof holder>): readonly [number, string] {
  for (let had = 0; ; had++) {
    try {
      quota.take(holderOf(had));
    } catch (error) {
      return [had, error instanceof ProblemError ? error.code : String(error)];
    }
  }
}

describe('quota', () => {
  it('keeps each key, organisation and family to its share, by however many keys and organisations', () => {
    expect(fill(createHolds(limits).requests, () => holder(1n))).toEqual([13, 'share_exceeded']);
    expect(fill(createHolds(limits).requests, (index) => holder(BigInt(index), 1n))).toEqual([25, 'share_exceeded']);
    expect(fill(createHolds(limits).requests, (index) => holder(BigInt(index), BigInt(index), 1n))).toEqual([50, 'share_exceeded']);
    expect(fill(createHolds(limits).requests, (index) => holder(BigInt(index)))).toEqual([100, 'requests_in_hand']);
  });

  it('leaves the others theirs', () => {
    const { streams } = createHolds(limits);
    fill(streams, () => holder(1n));
    expect(fill(streams, () => holder(2n))).toEqual([2, 'share_exceeded']);
  });

  it('takes back what is released, once, and nothing for what was refused', () => {
    const { bodies } = createHolds(limits);
    const hold = bodies.take(holder(1n), 0);
    hold.grow(300);
    expect(() => hold.grow(200)).toThrow(ProblemError);
    expect(bodies.held).toBe(300);
    hold.release();
    hold.release();
    hold.grow(100); // whoever held it is gone
    expect(bodies.held).toBe(0);
    bodies.take(holder(1n), 400).release();
    expect(bodies.held).toBe(0);
  });
});
