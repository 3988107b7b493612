import type { Oracle } from './oracle.js';
import { createPaperOracle } from './paper.js';
import { createVersion, NEWEST_ORACLE, type OracleVersion } from './versions.js';

/** A schedule oracle with its own workspace (grows to the largest market it sees; reuse it). `default` is the newest version. */
export const createOracle = (name: 'default' | 'paper' | OracleVersion): Oracle =>
  name === 'paper' ? createPaperOracle() : createVersion(name === 'default' ? NEWEST_ORACLE : name);
