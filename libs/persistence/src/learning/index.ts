/** What learning prices reads and writes. */
export { createDensityReader, createLevelReader, createPostingReader } from './level-reader.js';
export { createLearningStore } from './learning-store.js';
