/** A kept pool of threads that think for a process, so that its event loop goes on. */
export { openThinkPool, type ThinkPool, type ThinkPoolOptions, type ThinkWatch } from './pool.js';
