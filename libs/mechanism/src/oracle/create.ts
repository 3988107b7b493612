import { createDefaultOracle } from './default.js';
import type { Oracle } from './oracle.js';

/** A schedule oracle with its own workspace (grows to the largest market it sees; reuse it). */
export function createOracle(name: 'default' | 'paper'): Oracle {
  return name === 'default' ? createDefaultOracle() : createDefaultOracle();
}
