import { setPriority } from 'node:os';
import { createThinker, type Thinker } from '#market';
import type { standardKinds } from '#kinds';
import { workerData } from 'piscina';
import type { ThreadData } from './task.js';

/** Threads give way to everything else where cores are short, to the event loops first. Without a process's id it is the calling thread that is meant. */
const NICE = 10;
setPriority(NICE);

/** The entry of a thread: the thinker's methods by their names. The workspaces of its oracles live as long as the thread. */
const { kindsFrom } = workerData as ThreadData;
const kinds = (await import(kindsFrom)) as { readonly standardKinds: typeof standardKinds };
const thinker = createThinker(kinds.standardKinds(), { nowMs: () => performance.now() });
/** Builds a book, on this thread. */
export const build: Thinker['build'] = (rows) => thinker.build(rows);
/** Explains a bid, on this thread. */
export const explain: Thinker['explain'] = (task) => thinker.explain(task);
/** Decides a batch, on this thread. */
export const decide: Thinker['decide'] = (task) => thinker.decide(task);
/** Computes a quote, on this thread. */
export const quote: Thinker['quote'] = (task) => thinker.quote(task);
/** Measures bids, on this thread. */
export const measure: Thinker['measure'] = (task) => thinker.measure(task);
