import type { Thinker } from '#market';

/** What a thread may be asked for: a method of the thinker with what it takes. */
export type TaskName = keyof Thinker;
/** What a task is given. */
export type TaskInput<Name extends TaskName> = Parameters<Thinker[Name]>[0];
/** What a task comes to. */
export type TaskOutput<Name extends TaskName> = Awaited<ReturnType<Thinker[Name]>>;

/** What a thread is started with: the module that makes its kinds of jobs. */
export interface ThreadData {
  readonly kindsFrom: string;
}
