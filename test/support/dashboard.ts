import type { Browser } from 'playwright-core';
import { startTestApi, type TestApi } from './api.js';
import { openBrowser } from './browser.js';
import { decidedBid, jobBody, type Scene, setScene } from './scenes.js';

/** A server with a market in which something has happened, and a browser to look at it. */
export interface Dashboard {
  readonly api: TestApi;
  readonly scene: Scene;
  readonly browser: Browser;
  /** Bids of the first bidder: one that was accepted, one that was refused. */
  readonly accepted: string;
  readonly refused: string;
  readonly url: string;
  close(): Promise<void>;
}

const PLACES = [
  { latitude: 52.52, longitude: 13.4 },
  { latitude: 48.14, longitude: 11.58 },
  { latitude: 53.55, longitude: 9.99 },
];
const BIDS = 14;

/** Opens all of it: a market with located sites, bids of two bidders, some of which have run. */
export async function openDashboard(name: string): Promise<Dashboard> {
  const [api, browser] = await Promise.all([startTestApi(), openBrowser()]);
  const prices = { gamma: { bandwidth: 1000, gpu: 1000, cpu: 1000, memoryGB: 1000 }, unit: '1', reserve: '0.25' };
  const scene = await setScene(api.client, api.adminKey, { name, sites: 2, market: { prices } });
  const siteIds = [...scene.siteIds];
  for (const [index, location] of PLACES.entries()) {
    const body = { name: `edge-${index + 1}`, capacity: { gpu: 4, cpu: 24, memoryGB: 32 }, location };
    const made = await api.client.post(`/v1/markets/${scene.marketId}/sites`, { key: scene.operatorKey, body });
    siteIds.push(made.body.id);
  }
  const decide = async (index: number, fields: object): Promise<string> =>
    (
      await decidedBid(
        api.client,
        { ...scene, siteIds },
        { idempotencyKey: `${name}-${index}`, bidder: index % 2, body: jobBody(siteIds, fields) },
      )
    ).id;
  const accepted = await decide(0, { label: 'resnet-50', chunks: { [siteIds[2]]: 40, [siteIds[3]]: 20 } });
  const refused = await decide(2, { label: 'too cheap', valuation: { kind: 'deadline', value: 0.01, deadline: 10 } });
  for (let index = 3; index < BIDS; index++) {
    const valuation = { kind: 'sigmoid', scale: 300 * index, tau: 1.4, width: 3 };
    await decide(index, { label: `job-${index}`, valuation, chunks: { [siteIds[index % siteIds.length] ?? '']: 20 + index } });
  }
  await api.client.post(`/v1/markets/${scene.marketId}/clock`, { key: scene.operatorKey, body: { slot: 2 } });
  const close = async (): Promise<void> => {
    await browser.close();
    await api.close();
  };
  return { api, scene: { ...scene, siteIds }, browser, accepted, refused, url: api.client.url, close };
}
