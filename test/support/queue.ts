import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createConnection } from 'node:net';
import { until } from './until.js';

/** A Redis for tests: the one of REDIS_URL, or one started from the `redis-server` on the path; undefined where there is neither. */
export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

const LOCAL = '127.0.0.1';

/** Whether the tests of the Redis backend can run here. */
export function hasRedis(): boolean {
  return redisUrl() !== undefined || hasRedisServer();
}

export async function startRedis(): Promise<TestRedis> {
  const url = redisUrl();
  if (url !== undefined) return { url, stop: () => Promise.resolve() };
  const { url: own, end } = await spawnRedis(await freePort());
  return { url: own, stop: end };
}

/** A Redis of our own, to be done with as we like. */
export interface RedisProcess {
  readonly url: string;
  readonly port: number;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Kills it. */
  end(): Promise<void>;
}

/** Starts a Redis that keeps nothing. */
export async function spawnRedis(port: number): Promise<RedisProcess> {
  const server = spawn('redis-server', ['--port', String(port), '--bind', LOCAL, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
  await until(() => answers(port), { everyMs: 20, maxMs: 5_000 });
  return { url: `redis://${LOCAL}:${port}`, port, signal: (signal) => void server.kill(signal), end: () => ended(server) };
}

const redisUrl = (): string | undefined => process.env.REDIS_URL || undefined;

/** Whether there is a `redis-server` to start. */
export function hasRedisServer(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, LOCAL, () => {
      const address = probe.address();
      probe.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, LOCAL);
    socket.once('connect', () => resolve(socket.destroy() !== undefined)).once('error', () => resolve(false));
  });
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    server.kill('SIGKILL');
  });
}
