import { MARKET_LIMITS, sizeFault } from './limits.js';

const market = (sites: number, slots: number, resources: number) => ({ sites, slots, resources });

describe('limits of a market in all', () => {
  it('lets any market have a site, and large ones up to the product', () => {
    for (const size of [market(1, 10_000, 16), market(20, 10_000, 16), market(2_000, 250, 7), market(50, 10_000, 7)])
      expect(sizeFault(size)).toBeUndefined();
  });

  it('says which product is too large, its limit, and what would do', () => {
    expect(sizeFault(market(2_000, 251, 1))).toBe(
      '2000 sites times 251 slots are 502000; a market has at most 500000: at most 1992 sites with this horizon, or a shorter one',
    );
    expect(sizeFault(market(25, 10_000, 16))).toContain(`a market has at most ${MARKET_LIMITS.cells}: at most 24 sites with this horizon`);
    expect(sizeFault(market(24, 10_000, 16))).toBeUndefined();
  });
});
