import { int32, type Problem } from './problem.js';

/** Sorts a slot's sites by worker price in a few passes: by classes of price, an even share of the prices' logarithms each. */
export interface SiteOrder {
  /** The prices in single precision, and their bits, which rise as the prices do. */
  price: Float32Array;
  bits: Int32Array;
  first: Int32Array;
}

/** Classes of price: as many as sites, within bounds. */
const classesOf = (siteCount: number): number => Math.max(16, Math.min(1024, siteCount));

/** Arrays that only grow. */
export const createSiteOrder = (): SiteOrder => ({ price: new Float32Array(0), bits: new Int32Array(0), first: new Int32Array(0) });

/** Makes room for so many sites. */
export function reserveSiteOrder(sites: SiteOrder, siteCount: number): void {
  sites.first = int32(sites.first, classesOf(siteCount) + 1);
  if (sites.price.length >= siteCount) return;
  sites.price = new Float32Array(2 * siteCount);
  sites.bits = new Int32Array(sites.price.buffer);
}

/** Steps of sorting a slot's sites. */
export const siteOrderSteps = (siteCount: number): number => 4 * siteCount + classesOf(siteCount);

/** Writes the sites with room in slot t to order[from …), cheapest worker first, site order within a class. @returns their number. */
export function orderSites(problem: Problem, sites: SiteOrder, t: number, order: Uint16Array, from: number): number {
  const { siteCount, room, workerCost } = problem;
  const { price, bits, first } = sites;
  const base = t * siteCount;
  const classes = classesOf(siteCount);
  let low = 2 ** 31 - 1;
  let high = 0;
  problem.steps += siteOrderSteps(siteCount);
  for (let site = 0; site < siteCount; site++) {
    price[site] = workerCost[base + site];
    if (room[base + site] <= 0) continue;
    if (bits[site] < low) low = bits[site];
    if (bits[site] > high) high = bits[site];
  }
  const scale = (classes - 1) / Math.max(1, high - low);
  first.fill(0, 0, classes + 1);
  for (let site = 0; site < siteCount; site++) if (room[base + site] > 0) first[1 + Math.floor((bits[site] - low) * scale)]++;
  for (let one = 1; one <= classes; one++) first[one] += first[one - 1];
  for (let site = 0; site < siteCount; site++)
    if (room[base + site] > 0) order[from + first[Math.floor((bits[site] - low) * scale)]++] = site;
  return first[classes];
}
