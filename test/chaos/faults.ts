import { setTimeout as sleep } from 'node:timers/promises';
import type { Prng } from '#lab';
import { createWakeUpQueue } from '#queue';
import { Redis } from 'ioredis';
import { fillDisk, freeDisk, setReadOnly } from './disk.js';
import { databaseAnswers, type BellKind, type Cluster, LEASE_OVER_MS } from './cluster.js';

const HOUR_MS = 3_600_000;
/** Twice what is promised for a worker that is gone, and for everything else, ms (with Postgres back): machines that test are busy. */
const TAKEOVER_MS_MAX = 20_000;
const RECOVERY_MS_MAX = 30_000;

/** Something that breaks, or comes back broken. */
export interface Fault {
  readonly name: string;
  /** Only where the bell hangs there. */
  readonly bell?: BellKind;
  /** How soon after `strike` bids must be taken in and decided again in every market, ms. */
  readonly recoveryMsMax: number;
  /** Breaks it; where the service cannot go on without it, brings it back too. */
  strike(installation: Cluster, random: Prng): Promise<void>;
  /** Brings back what the service could do without. */
  readonly mend?: (installation: Cluster) => Promise<void>;
}

const ERIS_SESSIONS = `datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'eris%'`;

const cutConnections = async ({ pool }: Cluster): Promise<void> => {
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ERIS_SESSIONS}`);
};

const inRedis = async (installation: Cluster, work: (redis: Redis) => Promise<unknown>): Promise<void> => {
  const redis = new Redis(installation.redis?.url ?? '');
  await work(redis);
  redis.disconnect();
};

/** A site of every market fails for four slots; where another window covers it already, it is off sale as it is. */
async function failSites({ url, scenes }: Cluster): Promise<void> {
  const open = async ({ marketId, operatorKey, siteIds }: Cluster['scenes'][number]): Promise<void> => {
    const headers = { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' };
    const { slot } = (await (await fetch(`${url}/v1/markets/${marketId}`, { headers })).json()) as { slot: number };
    const body = JSON.stringify({ kind: 'outage', scope: 'site', siteId: siteIds[0], to: slot + 4 });
    const { status } = await fetch(`${url}/v1/markets/${marketId}/windows`, { method: 'POST', headers, body });
    if (status !== 201 && status !== 409) throw new Error(`an outage was answered ${status}`);
  };
  await Promise.all(scenes.map(open));
}

const processes: readonly Fault[] = [
  {
    name: 'the API is killed',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation, random) => {
      await installation.killApi();
      await sleep(random.below(500));
      await installation.startApi();
    },
  },
  {
    name: 'a worker is killed',
    recoveryMsMax: TAKEOVER_MS_MAX,
    strike: async (installation) => installation.killWorker(await installation.busyWorker()),
    mend: (installation) => installation.startWorker(),
  },
  {
    name: 'sites fail in every market, and the worker is killed while it deals with those whom that hits',
    recoveryMsMax: TAKEOVER_MS_MAX,
    strike: async (installation, random) => {
      await failSites(installation);
      await sleep(random.below(200));
      await Promise.all(installation.workers.slice(0).map((worker) => installation.killWorker(worker)));
      await installation.startWorker();
    },
    mend: async (installation) => {
      await installation.startWorker();
    },
  },
  {
    name: 'a worker is stopped for longer than its lease',
    recoveryMsMax: TAKEOVER_MS_MAX,
    strike: async (installation) => {
      const worker = await installation.busyWorker();
      worker.signal('SIGSTOP');
    },
    mend: async (installation) => {
      await sleep(LEASE_OVER_MS);
      installation.workers.forEach((worker) => worker.signal('SIGCONT'));
    },
  },
  {
    name: 'the event loop of a worker is stuck for longer than its lease',
    recoveryMsMax: TAKEOVER_MS_MAX,
    strike: async (installation) => (await installation.busyWorker()).signal('SIGWINCH'),
    mend: () => sleep(LEASE_OVER_MS),
  },
  {
    name: 'API and workers are all killed',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation) => {
      const gone = [...installation.workers];
      await Promise.all([installation.killApi(), ...gone.map((worker) => installation.killWorker(worker))]);
      await Promise.all([installation.startApi(), ...gone.map(() => installation.startWorker())]);
    },
  },
];

const database: readonly Fault[] = [
  {
    name: 'Postgres is killed',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation, random) => {
      await installation.killPostgres();
      await sleep(random.below(2_000));
      await installation.startPostgres();
    },
  },
  {
    name: 'a session of Postgres is killed, and all others end with it',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async ({ pool }, random) => {
      const { rows } = await pool.query<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE ${ERIS_SESSIONS} ORDER BY pid`);
      process.kill(random.pick(rows).pid, 'SIGKILL');
      await sleep(50);
      await databaseAnswers(pool);
    },
  },
  {
    name: 'all connections to Postgres are cut, three times',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation, random) => {
      for (let cut = 0; cut < 3; cut++) {
        await cutConnections(installation);
        await sleep(random.below(150));
      }
    },
  },
  {
    name: 'the disk is full',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async ({ pool }, random) => {
      await fillDisk(pool);
      await sleep(random.between(500, 2_000));
      await freeDisk(pool);
    },
  },
  {
    name: 'Postgres only reads',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async ({ pool }, random) => {
      await setReadOnly(pool, true);
      await sleep(random.between(500, 2_000));
      await setReadOnly(pool, false);
    },
  },
];

const clocks: readonly Fault[] = [
  {
    name: 'connections are cut, and the clocks of API and workers go back an hour',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation) => {
      await cutConnections(installation);
      await sleep(100);
      installation.setClock('api', -HOUR_MS);
      installation.setClock('worker', -HOUR_MS);
    },
    mend: async (installation) => {
      installation.setClock('api', 0);
      installation.setClock('worker', 0);
    },
  },
  {
    name: 'the clocks of API and workers go forward an hour',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation) => {
      installation.setClock('api', HOUR_MS);
      installation.setClock('worker', HOUR_MS);
    },
    mend: async (installation) => {
      installation.setClock('api', 0);
      installation.setClock('worker', 0);
    },
  },
  {
    name: 'the clock of Postgres goes forward an hour: all leases are over', // the lease is all that goes by it
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async ({ pool }) => void (await pool.query(`UPDATE market_lease SET until = until - interval '1 hour' WHERE until > now()`)),
  },
  {
    name: 'the clock of Postgres goes back an hour, and the worker that holds the leases is killed',
    recoveryMsMax: TAKEOVER_MS_MAX,
    strike: async (installation) => {
      const worker = await installation.busyWorker();
      await installation.killWorker(worker);
      await installation.pool.query(`UPDATE market_lease SET until = now() + interval '1 hour' WHERE owner LIKE '%-' || $1::text || '-%'`, [
        String(worker.pid),
      ]);
    },
    mend: (installation) => installation.startWorker(),
  },
];

const bells: readonly Fault[] = [
  {
    name: 'Redis is killed',
    bell: 'Redis',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async ({ redis }) => redis?.end(),
    mend: (installation) => installation.startRedis(),
  },
  {
    name: 'Redis does not answer',
    bell: 'Redis',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async ({ redis }) => redis?.signal('SIGSTOP'),
    mend: async ({ redis }) => {
      await sleep(LEASE_OVER_MS); // longer than a job's lock, too
      redis?.signal('SIGCONT');
    },
  },
  {
    name: 'wake-ups are lost',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation, random) => {
      for (let time = 0; time < 5; time++) {
        if (installation.bell === 'Redis') await inRedis(installation, (redis) => redis.flushall());
        else await installation.pool.query('DELETE FROM bullmq.job');
        await sleep(random.below(200));
      }
    },
  },
  {
    name: 'wake-ups come many times over',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: async (installation) => {
      const bell = createWakeUpQueue({ databaseUrl: installation.databaseUrl, redisUrl: installation.redis?.url }, () => undefined);
      const marketIds = installation.scenes.map(({ marketId }) => BigInt(marketId));
      for (let time = 0; time < 50; time++) await Promise.all(marketIds.map((marketId) => bell.notify(marketId)));
      await bell.close();
    },
  },
  {
    name: 'wake-ups come late',
    bell: 'Redis',
    recoveryMsMax: RECOVERY_MS_MAX,
    strike: (installation) => inRedis(installation, (redis) => redis.client('PAUSE', 3_000)),
  },
];

const FAULTS: readonly Fault[] = [...processes, ...database, ...clocks, ...bells];

/** All faults that there are where the bell hangs so, in an order that chance gives. */
export function shuffledFaults(bell: BellKind, random: Prng): Fault[] {
  const left = FAULTS.filter((fault) => fault.bell === undefined || fault.bell === bell);
  const order: Fault[] = [];
  while (left.length > 0) order.push(...left.splice(random.below(left.length), 1));
  return order;
}
