import { MARKET_LIMITS, sizeFault } from './limits.js';

const market = (sites: number, slots: number, resources: number) => ({ sites, slots, resources });

describe('limits of a market in all', () => {
  it('lets any market have a site, and large ones up to the product', () => {
    for (const size of [market(1, 10_000, 16), market(12, 10_000, 16), market(2_000, 142, 7), market(50, 10_000, 3)])
      expect(sizeFault(size)).toBeUndefined();
  });

  it('says which product is too large, its limit, and what would do', () => {
    expect(sizeFault(market(2_000, 251, 1))).toBe(
      '2000 sites times 251 slots are 502000; a market has at most 500000: at most 1992 sites with this horizon, or a shorter one',
    );
    expect(sizeFault(market(13, 10_000, 16))).toContain(`a market has at most ${MARKET_LIMITS.cells}: at most 12 sites with this horizon`);
    expect(sizeFault(market(12, 10_000, 16))).toBeUndefined();
  });
});
