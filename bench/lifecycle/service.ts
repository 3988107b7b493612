import { setTimeout as sleep } from 'node:timers/promises';
import { Eris } from '#sdk';
import { Cluster } from '../../test/chaos/cluster.js';

/** What a dead site and previews of windows came to, over HTTP, with processes of their own. */
export interface ServiceFigures {
  /** Allocations that were running on the site as it died and the workers were killed. */
  readonly hit: number;
  readonly repaired: number;
  readonly failed: number;
  /** From the start of a worker until all were dealt with, ms; its start included. */
  readonly settledMs: number;
  /** Previews of a window that hits so many allocations, ms each. */
  readonly previewed: number;
  readonly previewMs: readonly number[];
}

const PREVIEWED = 1_000;
const PREVIEWS = 20;
const HIT = 100;
const DEAD_MS = 1_000;
const POLL_MS = 20;
const CPU_A_SITE = 4_000;

interface Hall {
  readonly operator: Eris;
  readonly bidder: Eris;
  readonly marketId: string;
  readonly siteIds: readonly string[];
}

/** A market with two sites, either of which has room for all jobs; each job has its data at the first one, and runs in the current slot. */
async function openHall({ url, scenes }: Cluster, name: string, jobs: number): Promise<Hall> {
  const [scene] = scenes;
  if (!scene) throw new Error('a cluster has scenes');
  const operator = new Eris({ url, key: scene.operatorKey });
  const bidder = new Eris({ url, key: scene.bidders[0]?.key ?? '' });
  const terms = { clock: 'manual', slotMinutes: 20, horizonSlots: 50, chunkMB: 2, bandwidthMB: 20_480_000, resources: ['cpu'] } as const;
  const { id: marketId } = await operator.call('createMarket', { body: { name, ...terms, prices: { kind: 'flat', level: '1' } } });
  const siteIds: string[] = [];
  for (const site of ['one', 'two'])
    siteIds.push((await operator.call('addSite', { params: { marketId }, body: { name: site, capacity: { cpu: CPU_A_SITE } } })).id);
  const job = {
    valuation: { kind: 'deadline', value: 1_000, deadline: 40 } as const,
    ...{ chunks: { [siteIds[0] ?? '']: 1 }, epochs: 3, throughput: 1, parameterMB: 1, worker: { cpu: 1 }, ps: { cpu: 1 } },
  };
  const bids = Array.from({ length: jobs }, (_, index) => ({ idempotencyKey: `${name}-${index}`, ...job }));
  await bidder.call('placeBids', { params: { marketId }, body: { bids } });
  const hall = { operator, bidder, marketId, siteIds };
  const isDecided = async (): Promise<boolean> =>
    (await operator.all('listAllocations', { query: { marketId, limit: 200 } })).length === jobs;
  for (let triesLeft = 1_000; !(await isDecided()); triesLeft--) {
    if (triesLeft === 0) throw new Error('not all jobs were accepted');
    await sleep(200);
  }
  return hall;
}

/** @throws Error where what is hit is neither repaired nor returned. */
export async function serviceFigures(): Promise<ServiceFigures> {
  const cluster = await Cluster.open('Postgres');
  try {
    const dead = await siteDies(cluster, await openHall(cluster, 'dead', HIT));
    return { ...dead, ...(await previews(await openHall(cluster, 'previewed', PREVIEWED))) };
  } finally {
    await cluster.close();
  }
}

/** The jobs run; their site dies, and with it every worker; a second later one worker is started. */
async function siteDies(cluster: Cluster, { operator, marketId, siteIds }: Hall): Promise<Omit<ServiceFigures, 'previewMs' | 'previewed'>> {
  const params = { marketId };
  const running = await operator.all('listAllocations', { query: { marketId, state: 'running', limit: 200 } });
  await operator.call('openWindow', { params, body: { kind: 'outage', scope: 'site', siteId: siteIds[0] ?? '' } });
  await Promise.all([...cluster.workers].map((worker) => cluster.killWorker(worker)));
  await sleep(DEAD_MS);
  const beganMs = performance.now();
  await cluster.startWorker();
  for (;;) {
    const [window] = await operator.all('listWindows', { params });
    if (window?.settled) {
      const { repaired, failed, left } = window.hits;
      if (repaired + failed + left !== running.length)
        throw new Error(`${running.length} ran, ${repaired + failed + left} were dealt with`);
      return { hit: running.length, repaired, failed: failed + left, settledMs: performance.now() - beganMs };
    }
    await sleep(POLL_MS);
  }
}

async function previews({ operator, marketId, siteIds }: Hall): Promise<Pick<ServiceFigures, 'previewMs' | 'previewed'>> {
  const previewMs: number[] = [];
  let previewed = 0;
  for (let left = PREVIEWS; left > 0; left--) {
    const beganMs = performance.now();
    const body = { kind: 'outage', scope: 'site', siteId: siteIds[0] ?? '' } as const;
    previewed = (await operator.call('previewWindow', { params: { marketId }, body })).hits.length;
    previewMs.push(performance.now() - beganMs);
  }
  return { previewed, previewMs };
}
