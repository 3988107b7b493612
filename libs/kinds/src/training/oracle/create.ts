import { createDefaultOracle } from './default.js';
import type { TrainingOracle } from './oracle.js';
import { createPaperOracle } from './paper.js';

/** A schedule oracle with its own workspace (grows to the largest market it sees; reuse it). */
export const createOracle = (name: 'default' | 'paper'): TrainingOracle =>
  name === 'default' ? createDefaultOracle() : createPaperOracle();
