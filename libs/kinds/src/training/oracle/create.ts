import type { TrainingOracle } from './oracle.js';
import { createPaperOracle } from './paper.js';
import { createVersionedOracle } from './versions.js';

/**
 * A schedule oracle with its own workspace (grows to the largest market it sees; reuse it). `default`: of each market the version that it names,
 * the newest where it names none.
 */
export const createOracle = (name: 'default' | 'paper'): TrainingOracle =>
  name === 'default' ? createVersionedOracle() : createPaperOracle();
