/** Logs read for any past moment, and the states of them that are kept. */
export { createHistoryStore } from './history-store.js';
