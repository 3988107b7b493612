import { createBook, occupy } from '#mechanism';
import fc from 'fast-check';
import { micros, type Milli } from '#units';
import { chooseServers, createServers } from './hull-servers.js';
import { createProblem, loadJob, loadSlot } from './problem.js';
import { createSiteFill, fillSites, resetSiteFill } from './site-fill.js';
import { createSiteOrder, orderSites, reserveSiteOrder } from './site-order.js';

const site = fc.record({
  units: fc.integer({ min: 0, max: 20 }),
  sold: fc.double({ min: 0, max: 1, noNaN: true }),
  chunks: fc.integer({ min: 0, max: 30 }),
});
const job = fc.record({
  epochs: fc.integer({ min: 1, max: 60 }),
  throughputMilli: fc.integer({ min: 1, max: 400_000 }),
  parameterKB: fc.integer({ min: 0, max: 20_000 }),
  chunkKB: fc.integer({ min: 1, max: 20_000 }),
  bandwidthKB: fc.integer({ min: 0, max: 200_000 }),
});

describe('servers of a slot', () => {
  it('let no more chunks in than is told of them', () => {
    fc.assert(
      fc.property(fc.array(site, { minLength: 1, maxLength: 16 }), job, (sites, { chunkKB, bandwidthKB, ...rest }) => {
        fc.pre(sites.some(({ chunks }) => chunks > 0));
        const book = createBook(
          {
            resources: ['gpu'],
            sites: sites.map(({ units }, at) => ({ id: `${at}`, capacityMilli: [(1000 * units) as Milli] })),
            slotCount: 1,
            chunkKB: chunkKB as Milli,
            bandwidthKB: bandwidthKB as Milli,
            prices: { kind: 'paper', gamma: { bandwidth: 10, gpu: 1000 }, unit: micros(1_000_000n), reserve: micros(0n) },
          },
          0,
        );
        occupy(book, 0, [0, ...sites.map(({ units, sold }) => Math.floor(1000 * units * sold))]);
        const chunks = sites.map((one) => one.chunks);
        const problem = createProblem();
        const [servers, fill, order, sorted] = [createServers(), createSiteFill(), createSiteOrder(), new Uint16Array(sites.length)];
        const asked = { ...rest, throughputMilli: rest.throughputMilli as Milli, parameterKB: rest.parameterKB as Milli };
        const one = { ...asked, chunks, workerMilli: [1000 as Milli], psMilli: [1000 as Milli] };
        loadJob(problem, book, one);
        loadSlot(problem, book, one, 0);
        resetSiteFill(fill, problem);
        reserveSiteOrder(order, sites.length);
        const to = orderSites(problem, order, 0, sorted, 0);
        const limit = problem.total;
        chooseServers(problem, servers, 0, problem.homes, limit);
        for (let ps = 0; ps < sites.length; ps++) {
          if (problem.roomBesidePs[ps] < 0) continue;
          for (const thrifty of [false, true]) {
            const placed = fillSites(problem, fill, { t: 0, ps, order: sorted, from: 0, to, left: problem.homes, limit, thrifty });
            expect(placed).toBeLessThanOrEqual(servers.most[ps]);
          }
        }
      }),
      { numRuns: 1_000, seed: Date.now() }, // a failure prints the seed
    );
  });
});
