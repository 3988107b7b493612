import { float64, int32, type Problem } from './problem.js';

/**
 * How finely the covers of a job's homes are told apart. Exactly: every home, chunk by chunk. Coarsely: some homes in units of several
 * chunks, the chunks of the others in a pool without a site, which must move; what that overpays is dealt back afterwards. A lattice is
 * a list of entries: sites without chunks of their own first, then pools, then homes. A cover has a digit per entry, the last fastest.
 */
export interface Lattice {
  length: number;
  /** Site of each entry; -1: a pool. */
  site: Int32Array;
  /** Chunks of one level, and levels (0: the entry only receives). */
  unit: Int32Array;
  levels: Int32Array;
  /** Mixed-radix weight of each entry's digit. */
  weight: Int32Array;
  coverCount: number;
  /** Most states of one site's level (covers so far, net inflow). */
  stateCount: number;
  exact: boolean;
  /** Scratch: homes by how much they are worth tracking. */
  ranked: Int32Array;
  rank: Float64Array;
}

/** Arrays that only grow. */
export const createLattice = (): Lattice => ({
  length: 0,
  site: new Int32Array(0),
  unit: new Int32Array(0),
  levels: new Int32Array(0),
  weight: new Int32Array(0),
  coverCount: 0,
  stateCount: 0,
  exact: false,
  ranked: new Int32Array(0),
  rank: new Float64Array(0),
});

const POOL_UNITS_MAX = 6;
const HOME_UNITS_MAX = 4;

function addEntry(lattice: Lattice, site: number, unit: number, levels: number): void {
  let at = lattice.length++;
  const isPool = site < 0;
  // receivers, then pools, then homes by rising levels: covers multiply as late as possible
  for (; at > 0 && levels > 0 && !isPool && lattice.site[at - 1] >= 0 && lattice.levels[at - 1] > levels; at--) {
    lattice.site[at] = lattice.site[at - 1];
    lattice.unit[at] = lattice.unit[at - 1];
    lattice.levels[at] = lattice.levels[at - 1];
  }
  lattice.site[at] = site;
  lattice.unit[at] = unit;
  lattice.levels[at] = levels;
}

/** Lays out the entries: the `tracked` best homes in units of `unit`, the rest in a pool in units of `poolUnit`. */
function layOut(problem: Problem, lattice: Lattice, tracked: number, unit: number, poolUnit: number): void {
  const { siteCount, homes } = problem;
  lattice.length = 0;
  let pool = problem.total;
  for (let i = 0; i < siteCount; i++) if (i >= tracked || homes[lattice.ranked[i]] < unit) addEntry(lattice, lattice.ranked[i], 1, 0);
  for (let i = 0; i < tracked; i++) pool -= Math.floor(homes[lattice.ranked[i]] / unit) * unit;
  if (pool >= poolUnit) addEntry(lattice, -1, poolUnit, Math.floor(pool / poolUnit));
  if (pool % poolUnit > 0) addEntry(lattice, -1, pool % poolUnit, 1);
  for (let i = 0; i < tracked; i++)
    if (homes[lattice.ranked[i]] >= unit) addEntry(lattice, lattice.ranked[i], unit, Math.floor(homes[lattice.ranked[i]] / unit));
  lattice.exact = pool === 0 && unit === 1;
}

/** Steps that one slot takes on the lattice as laid out: pricing covers around every server, and joining pairs of covers. */
function countSteps(problem: Problem, lattice: Lattice): number {
  let covers = 1;
  let pairs = 1;
  let pricing = 0;
  let left = problem.total; // chunks of the entries still to come bound the net inflow
  let stateCount = 1;
  let flows = 1;
  for (let i = 0; i < lattice.length; i++) {
    const own = lattice.unit[i] * lattice.levels[i];
    left -= own;
    pricing += covers * flows * (lattice.levels[i] + 1) * Math.min(problem.total, left + own + 1);
    covers *= lattice.levels[i] + 1;
    pairs *= ((lattice.levels[i] + 1) * (lattice.levels[i] + 2)) / 2;
    flows = Math.min(problem.total, left) + (problem.total - left) + 1;
    stateCount = Math.max(stateCount, covers * flows);
  }
  lattice.coverCount = covers;
  lattice.stateCount = stateCount;
  return pricing * problem.siteCount + pairs;
}

/** Ranks homes: chunks that could be trained at home in the opened slots, where workers are cheap first. */
function rankHomes(problem: Problem, lattice: Lattice): void {
  const { siteCount, slotCount, homes, room, workerCost } = problem;
  for (let site = 0; site < siteCount; site++) {
    let rank = 0;
    for (let t = 0; t < slotCount; t++) {
      const at = t * siteCount + site;
      rank += Math.max(0, Math.min(homes[site], room[at])) / (1 + workerCost[at]);
    }
    lattice.rank[site] = rank;
    let at = site;
    for (; at > 0 && lattice.rank[lattice.ranked[at - 1]] < rank; at--) lattice.ranked[at] = lattice.ranked[at - 1];
    lattice.ranked[at] = site;
  }
}

function finish(lattice: Lattice): boolean {
  for (let i = lattice.length - 1, weight = 1; i >= 0; i--) {
    lattice.weight[i] = weight;
    weight *= lattice.levels[i] + 1;
  }
  return true;
}

/** Whether any lattice could do with `stepsMax` steps per slot: sites alone take some, however coarse the homes. */
export const maySuit = ({ siteCount, total }: Problem, stepsMax: number): boolean =>
  (siteCount * siteCount * total * total) / 4 <= stepsMax;

/**
 * Chooses the finest lattice that takes at most `stepsMax` steps per slot: exact if possible, else as many homes as possible, then the
 * smallest units. Ranks homes by the slots opened so far. @returns whether there is one.
 */
export function chooseLattice(problem: Problem, lattice: Lattice, stepsMax: number, exactOnly: boolean): boolean {
  const { siteCount } = problem;
  for (const name of ['site', 'unit', 'levels', 'weight'] as const) lattice[name] = int32(lattice[name], siteCount + 2);
  lattice.ranked = int32(lattice.ranked, siteCount);
  lattice.rank = float64(lattice.rank, siteCount);
  rankHomes(problem, lattice);
  for (let tracked = siteCount; tracked >= 1; tracked--) {
    for (let unit = 1; unit <= HOME_UNITS_MAX; unit++) {
      for (let poolUnit = 1; poolUnit <= POOL_UNITS_MAX; poolUnit++) {
        layOut(problem, lattice, tracked, unit, poolUnit);
        if (countSteps(problem, lattice) <= stepsMax) return finish(lattice);
        if (exactOnly) return false;
      }
    }
  }
  return false;
}
