/** Real: the kernels that price homes, on problems small enough that every plan can be tried. */
import fc from 'fast-check';
import { createPlan, costOfPlan, resetPlan, type Plan } from '../plan.js';
import { createProblem, type Problem } from '../problem.js';
import { createRelaxedFloor, relaxedFloor, resetRelaxedFloor } from './relaxed-floor.js';
import { openPriced, provePriced, searchPriced } from './search.js';
import { passSites } from './site-pass.js';
import { priceSlot, readWay } from './slot-table.js';
import { createPriced, type Priced } from './state.js';
import { reseat } from './structure.js';

const EFFORT = { stepsMax: 5_000_000, rounds: 3, open: 0.02 };
const CLOSE = 1e-6;
const upTo = (max: number) => fc.integer({ min: 0, max });
const exactly = (count: number) => ({ minLength: count, maxLength: count });

/** Problems of two or three sites and slots, and up to six chunks; `less`: chunks that the server takes the room of, the server itself does not fit where none are left. */
const small = fc.record({ sites: fc.integer({ min: 2, max: 3 }), slots: fc.integer({ min: 1, max: 3 }) }).chain(({ sites, slots }) =>
  fc.record({
    homes: fc.array(upTo(2), exactly(sites)).map(([first = 0, ...rest]) => [first + 1, ...rest]),
    slots: fc.array(fc.record({ alpha: upTo(20), budgetKB: upTo(60) }), exactly(slots)),
    places: fc.array(fc.record({ worker: upTo(100), server: upTo(300), room: upTo(4), less: upTo(2) }), exactly(sites * slots)),
    chunkKB: fc.integer({ min: 1, max: 20 }),
    parameterKB: upTo(20),
    perChunk: fc.constantFrom(0.4, 1, 1.7),
  }),
);

type Small = typeof small extends fc.Arbitrary<infer Value> ? Value : never;

function problemOf({ homes, slots, places, chunkKB, parameterKB, perChunk }: Small): Problem {
  const total = homes.reduce((sum, own) => sum + own, 0);
  return {
    ...createProblem(),
    siteCount: homes.length,
    slotCount: slots.length,
    total,
    chunkKB,
    parameterKB,
    workersPerChunk: perChunk,
    homes: Int32Array.from(homes),
    workersFor: Float64Array.from({ length: total + 1 }, (_, n) => Math.ceil(n * perChunk - 1e-9)),
    alpha: Float64Array.from(slots, ({ alpha }) => alpha + 1e-9),
    budgetKB: Float64Array.from(slots, ({ budgetKB }) => budgetKB),
    workerCost: Float64Array.from(places, ({ worker }) => worker),
    psCost: Float64Array.from(places, ({ server }) => server),
    room: Int32Array.from(places, ({ room }) => Math.min(room, total)),
    roomBesidePs: Int32Array.from(places, ({ room, less }) => Math.min(Math.max(-1, room - less), total)),
  };
}

/** What one slot may do: chunks a site, the server, the chunks kept at home as far as `own` allows. */
interface SlotWay {
  readonly counts: readonly number[];
  readonly server: number;
  readonly kept: readonly number[];
  readonly cost: number;
  readonly kb: number;
}

const countsOf = (rooms: readonly number[], most: number): number[][] =>
  rooms.reduce<number[][]>(
    (all, room) =>
      all.flatMap((counts) => {
        const left = most - counts.reduce((sum, one) => sum + one, 0);
        return Array.from({ length: Math.min(room, left) + 1 }, (_, n) => [...counts, n]);
      }),
    [[]],
  );

/** All that slot t can do within its budget, with each choice of chunks kept at home. */
function waysOf(problem: Problem, t: number): readonly SlotWay[] {
  const { siteCount, total, homes, room, roomBesidePs, workersFor, workerCost, psCost, chunkKB, parameterKB } = problem;
  const base = t * siteCount;
  return Array.from({ length: siteCount }, (_, server) => server)
    .filter((server) => roomBesidePs[base + server] >= 0)
    .flatMap((server) => {
      const rooms = Array.from({ length: siteCount }, (_, site) => (site === server ? roomBesidePs : room)[base + site]);
      return countsOf(rooms, total)
        .filter((counts) => counts.some((count) => count > 0))
        .flatMap((counts) =>
          countsOf(
            counts.map((count, site) => Math.min(count, homes[site])),
            total,
          ).map((kept): SlotWay => {
            const moved = counts.reduce((sum, count, site) => sum + count - kept[site], 0);
            const workers = counts.map((count) => workersFor[count]);
            const away = workers.reduce((sum, count, site) => sum + (site === server ? 0 : count), 0);
            const kb = moved * chunkKB + away * parameterKB;
            const work = workers.reduce((sum, count, site) => sum + count * workerCost[base + site], 0);
            return { counts, server, kept, kb, cost: psCost[base + server] + work + problem.alpha[t] * kb };
          }),
        )
        .filter(({ kb }) => kb <= problem.budgetKB[t]);
    });
}

/** The least price by the slots opened, and per slot of the plans that end there, by trying everything. */
function exhaust(problem: Problem): { readonly least: number; readonly endingAt: readonly number[] } {
  const { siteCount, total, homes, slotCount } = problem;
  let states = new Map<string, number>([[[0, ...Array.from({ length: siteCount }, () => 0)].join(), 0]]);
  const endingAt: number[] = [];
  for (let t = 0; t < slotCount; t++) {
    const ways = waysOf(problem, t);
    const next = new Map(states);
    let ending = Infinity;
    for (const [key, before] of states) {
      const [done = 0, ...kept] = key.split(',').map(Number);
      for (const way of ways) {
        const chunks = done + way.counts.reduce((sum, count) => sum + count, 0);
        const used = kept.map((own, site) => own + way.kept[site]);
        if (chunks > total || used.some((own, site) => own > homes[site])) continue;
        const cost = before + way.cost;
        if (chunks === total) ending = Math.min(ending, cost);
        const to = [chunks, ...used].join();
        if (cost < (next.get(to) ?? Infinity)) next.set(to, cost);
      }
    }
    endingAt.push(ending);
    states = next;
  }
  return { least: Math.min(...endingAt), endingAt };
}

const runs = { numRuns: 150, seed: 20261129 };

function opened(problem: Problem): Priced {
  const priced = createPriced();
  openPriced(problem, priced, new Float64Array(problem.slotCount), EFFORT);
  return priced;
}

/** All chunks in the first slot. */
function beginWith(plan: Plan, server: number, counts: readonly number[], kept: readonly number[]): void {
  plan.length = 1;
  plan.slot[0] = 0;
  plan.ps[0] = server;
  plan.counts.set(counts);
  plan.credits.set(kept);
}

/** What is wrong with a plan: chunks missing, rooms or homes exceeded. */
function faultsOf(problem: Problem, plan: Plan): string[] {
  const { siteCount, total, homes, room, roomBesidePs } = problem;
  const faults: string[] = [];
  let chunks = 0;
  const kept = Array.from({ length: siteCount }, () => 0);
  for (let row = 0; row < plan.length; row++)
    for (let site = 0, at = row * siteCount; site < siteCount; site++, at++) {
      const place = plan.slot[row] * siteCount + site;
      chunks += plan.counts[at];
      kept[site] += plan.credits[at];
      if (plan.counts[at] > Math.max(0, (plan.ps[row] === site ? roomBesidePs : room)[place])) faults.push(`room of ${site} in row ${row}`);
      if (plan.credits[at] > plan.counts[at] || plan.credits[at] < 0) faults.push(`homes of ${site} in row ${row}`);
    }
  if (chunks !== total) faults.push(`${chunks} of ${total} chunks`);
  kept.forEach((own, site) => {
    if (own > homes[site]) faults.push(`${own} of ${homes[site]} at home at ${site}`);
  });
  return faults;
}

describe('what slots are priced at', () => {
  it('without a budget in the way is the least of all that a slot can do, homes priced', () => {
    fc.assert(
      fc.property(small, fc.array(upTo(200), exactly(3)), (one, prices) => {
        const problem = { ...problemOf(one), budgetKB: new Float64Array(one.slots.length).fill(1e9) };
        const { table } = opened(problem);
        const nu = Float64Array.from(prices);
        priceSlot(problem, table, 0, problem.total, problem.homes, nu, 0, false);
        for (let n = 1; n <= problem.total; n++) {
          const costs = waysOf(problem, 0)
            .filter(({ counts }) => counts.reduce((sum, count) => sum + count, 0) === n)
            .map(({ cost, kept }) => cost + kept.reduce((sum, own, site) => sum + own * nu[site], 0));
          const found = n <= table.most && table.ways[table.width + n] > 0 ? table.cost[table.width + n] : Infinity;
          const least = Math.min(...costs);
          if (least === Infinity) expect(found).toBe(Infinity);
          else expect(Math.abs(found - least)).toBeLessThan(CLOSE * (1 + least));
        }
      }),
      runs,
    );
  });

  it('with it never breaks the budget, and is what the way read costs', () => {
    fc.assert(
      fc.property(small, (one) => {
        const problem = problemOf(one);
        const { table, zero } = opened(problem);
        priceSlot(problem, table, 0, problem.total, problem.homes, zero, 1, true);
        const [y, h] = [new Int16Array(problem.siteCount), new Int16Array(problem.siteCount)];
        const all = waysOf(problem, 0);
        for (let n = 1; n <= table.most; n++)
          for (let way = 0; way < table.ways[table.width + n]; way++) {
            const server = readWay(problem, table, 0, n, way, y, h);
            const at = (table.width + n) * table.stride + way;
            const same = all.find((each) => each.server === server && each.counts.join() === y.join() && each.kept.join() === h.join());
            expect(same).toBeDefined();
            expect(Math.abs((same?.cost ?? 0) - table.cost[at])).toBeLessThan(CLOSE * (1 + table.cost[at]));
            expect(same?.kb).toBe(table.kb[at]);
          }
      }),
      runs,
    );
  });
});

describe('a search', () => {
  it('finds valid plans at the price that they cost, none below the optimum and mostly that one', () => {
    let [found, best] = [0, 0];
    fc.assert(
      fc.property(small, (one) => {
        const problem = problemOf(one);
        const { least } = exhaust(problem);
        const priced = opened(problem);
        const floors = new Float64Array(problem.slotCount);
        searchPriced(problem, priced, { below: Infinity, floors });
        const plan = priced.best;
        if (plan.length === 0) return;
        expect(faultsOf(problem, plan)).toEqual([]);
        expect(Math.abs(plan.cost - costOfPlan(problem, plan))).toBeLessThan(1e-3 + CLOSE * plan.cost);
        expect(plan.cost).toBeGreaterThan(least * (1 - CLOSE) - 1e-3);
        found++;
        if (plan.cost <= least * 1.01 + 2) best++;
      }),
      runs,
    );
    expect(found).toBeGreaterThan(40);
    expect(best / found).toBeGreaterThan(0.95);
  });

  it('proves floors that no plan which ends there goes below, and the relaxed floor is none above either', () => {
    let proven = 0;
    fc.assert(
      fc.property(small, (one) => {
        const problem = problemOf(one);
        const { endingAt } = exhaust(problem);
        const priced = opened(problem);
        const floors = new Float64Array(problem.slotCount);
        searchPriced(problem, priced, { below: Infinity, floors });
        provePriced(problem, priced, problem.slotCount, floors);
        const relaxed = createRelaxedFloor();
        resetRelaxedFloor(relaxed);
        endingAt.forEach((cost, t) => {
          expect(floors[t]).toBeLessThanOrEqual(cost * (1 + CLOSE) + 1e-3);
          expect(relaxedFloor(problem, relaxed, t)).toBeLessThanOrEqual(cost * (1 + CLOSE) + 1e-3);
          if (floors[t] > 0 && cost < Infinity) proven++;
        });
      }),
      runs,
    );
    expect(proven).toBeGreaterThan(20);
  });
});

describe('a pass over the sites of a plan', () => {
  it('leaves a valid plan that is no dearer', () => {
    let cheaper = 0;
    fc.assert(
      fc.property(small, fc.nat(), (one, pick) => {
        const problem = problemOf(one);
        const whole = waysOf(problem, 0).filter(({ counts }) => counts.reduce((sum, count) => sum + count, 0) === problem.total);
        fc.pre(whole.length > 0);
        const { counts, kept, server, cost } = whole[pick % whole.length];
        const priced = opened(problem);
        const plan = createPlan();
        resetPlan(plan, problem, problem.slotCount);
        beginWith(plan, server, counts, kept);
        passSites(problem, priced.sites, plan);
        expect(faultsOf(problem, plan)).toEqual([]);
        expect(plan.cost).toBeLessThanOrEqual(cost * (1 + CLOSE) + 1e-3);
        if (plan.cost < cost - 1) cheaper++;
      }),
      runs,
    );
    expect(cheaper).toBeGreaterThan(10);
  });
});

describe('moving servers', () => {
  it('takes a server to the site where it is cheap, its chunks with it', () => {
    const slots = [{ alpha: 1, budgetKB: 4 }];
    const places = [
      { worker: 10, server: 500, room: 4, less: 1 },
      { worker: 10, server: 20, room: 4, less: 1 },
    ];
    // a worker away would exchange more than the budget holds
    const problem = problemOf({ homes: [2, 1], slots, places, chunkKB: 2, parameterKB: 100, perChunk: 1 });
    const priced = opened(problem);
    const { best } = priced;
    beginWith(best, 0, [3, 0], [2, 0]);
    best.cost = costOfPlan(problem, best);
    passSites(problem, priced.sites, best);
    expect(best.ps[0]).toBe(0); // nothing but the server's move helps
    reseat(problem, priced);
    expect(faultsOf(problem, best)).toEqual([]);
    expect(best.ps[0]).toBe(1);
    expect(best.cost).toBeCloseTo(exhaust(problem).least, 5);
  });
});
