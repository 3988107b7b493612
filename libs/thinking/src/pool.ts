import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type Clock, type Thinker, ThinkingFailed } from '#market';
import type { TaskInput, TaskName, TaskOutput, ThreadData } from './task.js';

/** Told of each task. */
export interface ThinkWatch {
  ended(task: TaskName, seconds: number): void;
  failed(task: TaskName, cause: unknown): void;
}

/** How a pool of threads is made. */
export interface ThinkPoolOptions {
  /** The most threads. None is started before there is something to think about, and one that is idle for a minute ends. */
  readonly threads: number;
  readonly clock: Clock;
  readonly watch: ThinkWatch;
  /** The module whose function `standardKinds` makes the kinds of jobs that threads know: those of Eris, unless others are handed in. */
  readonly kindsFrom?: string;
  /** A task that takes longer is given up, ms; its thread ends. */
  readonly taskMsMax?: number;
  /** What a thread may hold beside books, which lie in shared memory, MB. A thread that wants more ends. */
  readonly heapMbMax?: number;
}

/** A thinker whose tasks run on threads. A task whose thread dies, hangs or runs out of memory rejects with ThinkingFailed; no other one does. */
export interface ThinkPool extends Thinker {
  /** Tasks that wait for a thread. */
  readonly waiting: number;
  /** Threads that there are. */
  readonly threads: number;
  /** Lets tasks under way end for so long, ms, then ends all threads. */
  close(graceMs: number): Promise<void>;
}

const TASK_MS_MAX = 60_000;
const HEAP_MB_MAX = 1_024;
const IDLE_MS = 60_000;
/** Tasks that may wait: callers bound what they bring by themselves, this is for the worst. */
const WAITING_MAX = 1_024;
const MS_PER_SECOND = 1_000;
/** Threads run what was built: the sources, which tests run from, are not JavaScript. */
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/libs/thinking/src/thread.js' : './thread.js', import.meta.url);

/** Opens a pool; it must be closed. */
export function openThinkPool(options: ThinkPoolOptions): ThinkPool {
  const { threads, clock, watch, taskMsMax = TASK_MS_MAX, heapMbMax = HEAP_MB_MAX, kindsFrom = '#kinds' } = options;
  const pool = new Piscina({
    filename: fileURLToPath(ENTRY),
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    maxQueue: WAITING_MAX,
    execArgv: [], // what the process is started with is not for its threads
    env: {},
    workerData: { kindsFrom } satisfies ThreadData,
    resourceLimits: { maxOldGenerationSizeMb: heapMbMax },
  });
  pool.on('error', () => undefined); // of a thread that had no task: the next one starts another
  const run = async <Name extends TaskName>(task: Name, input: TaskInput<Name>): Promise<TaskOutput<Name>> => {
    const beganMs = clock.nowMs();
    try {
      const output = (await pool.run(input, { name: task, signal: AbortSignal.timeout(taskMsMax) })) as TaskOutput<Name>;
      watch.ended(task, (clock.nowMs() - beganMs) / MS_PER_SECOND);
      return output;
    } catch (cause) {
      watch.failed(task, cause);
      throw new ThinkingFailed(`could not ${task}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  };
  return {
    build: (rows) => run('build', rows),
    explain: (task) => run('explain', task),
    decide: (task) => run('decide', task),
    quote: (task) => run('quote', task),
    measure: (task) => run('measure', task),
    get waiting() {
      return pool.queueSize;
    },
    get threads() {
      return pool.threads.length;
    },
    close: (graceMs) => close(pool, graceMs),
  };
}

async function close(pool: Piscina, graceMs: number): Promise<void> {
  const giveUp = new AbortController();
  await Promise.race([pool.close(), sleep(graceMs, undefined, { signal: giveUp.signal, ref: false })]).finally(() => giveUp.abort());
  await pool.destroy();
}
