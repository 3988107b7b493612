/** What learning prices reads and writes. */
export { createLearningStore } from './learning-store.js';
