/** Kinds of jobs. */
export * from './training/index.js';
