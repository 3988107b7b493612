/** What learning prices reads and writes. */
export { createLevelReader } from './level-reader.js';
export { createLearningStore } from './learning-store.js';
