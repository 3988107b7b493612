import { Patience } from './patience.js';

describe('patience with who is refused and asks again', () => {
  let nowMs = 5_000;
  const patience = new Patience({ nowMs: () => nowMs });
  const refused = (organisationId: bigint, times: number): number[] =>
    Array.from({ length: times }, () => patience.pauseMs(organisationId));

  it('tells refusals of an organisation apart, nobody else’s with them, and none later than in a second', () => {
    expect(refused(1n, 4)).toEqual([0, 4, 8, 12]);
    expect(refused(2n, 1)).toEqual([0]);
    expect(refused(1n, 1_000).at(-1)).toBe(1_000);
    nowMs += 2_000;
    expect(refused(1n, 2)).toEqual([0, 4]);
  });

  it('keeps nobody waiting by a clock that is set', () => {
    nowMs -= 60_000;
    expect(refused(1n, 2)).toEqual([0, 4]);
  });

  it('remembers few', () => {
    for (let id = 10n; id < 20_000n; id++, nowMs++) patience.pauseMs(id);
    expect(refused(1n, 1)).toEqual([0]);
  });
});
