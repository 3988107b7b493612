import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningEris, type RunningErisOptions, startEris } from '../../support/running-eris.js';
import { jobBody, type Scene, setScene } from '../../support/scenes.js';
import { until } from '../../support/until.js';
import { runChild } from './child.js';

/** How long each attack goes on, ms; longer runs by ERIS_HOSTILE_SECONDS. */
export const ATTACK_MS = 1_000 * Number(process.env.ERIS_HOSTILE_SECONDS ?? 5);
/** The victim is measured alone for so long before an attack, ms. */
const QUIET_MS = 2_000;
/** What the victim may have to suffer, ms. */
const DECIDED_P99_MS_MAX = 1_000;
const HEALTH_P99_MS_MAX = 250;
const SERVED_P99_MS_MAX = 1_000;
/** On a machine that does other things besides: so many times what the victim met while nobody attacked. */
const TIMES_QUIET_MAX = 4;
/** So many times what a victim may suffer on a machine of its own is let pass; a shared one tells starvation all the same. */
const SLACK = Number(process.env.ERIS_HOSTILE_SLACK ?? 1);
/** After an attack everything is given back within this, ms. */
const GIVEN_BACK_MS = 10_000;

/** A running Eris with a market in which the victim bids. */
export interface Stand extends RunningEris {
  readonly scene: Scene;
  /** Whose bids must be decided whatever happens: the scene's second bidder. */
  readonly victimKey: string;
}

export async function setStand(options: RunningErisOptions = {}): Promise<Stand> {
  const eris = await startEris(options);
  try {
    const scene = await setScene(eris.client, eris.adminKey, { name: 'hostile', sites: 2 });
    return { ...eris, scene, victimKey: scene.bidders[1].key };
  } catch (cause) {
    await eris.close();
    throw cause;
  }
}

/** Times in ms. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the victim met: how long its bids took to be decided, its health probes to be answered, and what failed instead. */
export interface Suffering {
  readonly bids: Times;
  readonly health: Times;
  /** The same before the attack began. */
  readonly quiet: { readonly bids: Times; readonly health: Times };
  readonly failures: Readonly<Record<string, number>>;
}

/** An attacker: a script of test/hostile/attackers, with what it is to do. It gets `url` and `ms` besides. */
export interface Attacker {
  readonly script: string;
  readonly task?: Readonly<Record<string, unknown>>;
}

/** Lets attackers loose on a stand while the victim bids and probes. @returns what the victim suffered, and the attackers' reports. */
export async function underAttack<Report = unknown>(
  { url, scene, victimKey }: Stand,
  attackers: readonly Attacker[],
  ms = ATTACK_MS,
): Promise<{ suffering: Suffering; reports: Report[] }> {
  const victim = runChild<Suffering>('support/victim.mjs', {
    ms: QUIET_MS + ms,
    quietMs: QUIET_MS,
    url,
    key: victimKey,
    path: `/v1/markets/${scene.marketId}/bids`,
    job: jobBody(scene.siteIds),
  });
  await sleep(QUIET_MS);
  const attacks = attackers.map(({ script, task }) => runChild<Report>(`attackers/${script}.mjs`, { ...task, url, ms }));
  const [suffering, ...reports] = await Promise.all([victim, ...attacks]);
  return { suffering, reports };
}

/** The victim's bids were all decided in time, and its probes answered. */
export function expectUnharmed({ bids, health, quiet, failures }: Suffering): void {
  expect(failures).toEqual({});
  expect(bids.count).toBeGreaterThan(10);
  const mosts = {
    bids: Math.max(SLACK * DECIDED_P99_MS_MAX, TIMES_QUIET_MAX * quiet.bids.p99),
    health: Math.max(SLACK * HEALTH_P99_MS_MAX, TIMES_QUIET_MAX * quiet.health.p99),
  };
  expect([...harm('bids decided', bids, mosts.bids), ...harm('health answered', health, mosts.health)]).toEqual([]);
}

/** What a customer met who asked for this and that (attackers/patron.mjs). */
export interface Served {
  readonly times: Times;
  readonly failures: Readonly<Record<string, number>>;
}

/** A customer's other requests were all answered in time. */
export function expectServed({ times, failures }: Served): void {
  expect(failures).toEqual({});
  expect(times.count).toBeGreaterThan(10);
  expect(harm('requests answered', times, SLACK * SERVED_P99_MS_MAX)).toEqual([]);
}

const harm = (what: string, { count, p50, p99, max }: Times, most: number): string[] =>
  p99 <= most ? [] : [`${what} ${count}, p50 ${p50} ms, p99 ${p99} ms, at most ${max} ms: the p99 may be ${most} ms`];

/** Nothing is held any more of what an API process counts: requests, bytes of bodies, streams, waits. */
export async function expectNothingHeld({ figures }: RunningEris): Promise<void> {
  let held: [string, number][] = [['nothing was counted', 0]];
  const look = async (): Promise<boolean> => {
    const all = [...(await figures())].filter(([name]) => /^eris_(held\{|event_streams$|bids_waiting$)/.test(name));
    if (all.some(([name]) => name.startsWith('eris_held'))) held = all.filter(([, value]) => value !== 0);
    return held.length === 0;
  };
  await until(look, { everyMs: 100, maxMs: GIVEN_BACK_MS }).catch(() => undefined); // what is held says more than that it took too long
  expect(held).toEqual([]);
}
