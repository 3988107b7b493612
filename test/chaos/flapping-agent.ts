import { setTimeout as sleep } from 'node:timers/promises';
import type { Prng } from '#lab';
import type { Scene } from '../support/scenes.js';
import type { Call, Reply } from './workload-clients.js';

/** How soon a site of the market counts as silent. */
const HEARTBEATS = { everySeconds: 1, missedMax: 2 };
const BEAT_MS = 900;
const SILENCE_MS_MAX = 6_000;
const BEATS_MAX = 12;

/** What an agent needs. */
interface Means {
  readonly random: Prng;
  once(path: string, call: Call): Promise<Reply | undefined>;
  isWorking(): boolean;
}

/** The agent of a site that is heard for a while, and then is not: long enough to be taken off sale now and then. */
export async function flap(scene: Scene, { random, once, isWorking }: Means): Promise<void> {
  const [siteId] = scene.siteIds;
  const bearer = scene.operatorKey;
  let key: string | undefined;
  while (isWorking()) {
    await once(`/v1/markets/${scene.marketId}`, { bearer, headers: {}, method: 'PATCH', body: { heartbeats: HEARTBEATS } });
    const made =
      key ?? (await once(`/v1/organisations/${scene.operatorId}/keys`, { bearer, headers: {}, body: { role: 'agent', siteId } }));
    if (typeof made !== 'string' && made?.status === 201) key = (JSON.parse(made.text) as { key: string }).key;
    for (let left = random.between(1, BEATS_MAX); left > 0 && isWorking() && key !== undefined; left--) {
      await once(`/v1/sites/${siteId}/heartbeat`, { bearer: key, headers: {}, body: { at: new Date().toISOString() } });
      await sleep(BEAT_MS);
    }
    for (const endMs = performance.now() + random.below(SILENCE_MS_MAX); isWorking() && performance.now() < endMs;) await sleep(100);
  }
}
