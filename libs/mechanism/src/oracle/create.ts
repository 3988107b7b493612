import type { Oracle } from './oracle.js';
import { createPaperOracle } from './paper.js';
import { createVersion, NEWEST_ORACLE, type OracleVersion } from './versions.js';

/**
 * A schedule oracle with its own workspace (grows to the largest market it sees; reuse it). `default`: of each market the version that its
 * book names, the newest where it names none.
 */
export function createOracle(name: 'default' | 'paper' | OracleVersion): Oracle {
  if (name === 'paper') return createPaperOracle();
  return name === 'default' ? byMarket() : createVersion(name);
}

/** Each version is made when the first book names it. */
function byMarket(): Oracle {
  const made = new Map<OracleVersion, Oracle>();
  const versionFor = (version: OracleVersion): Oracle => {
    const known = made.get(version) ?? createVersion(version);
    made.set(version, known);
    return known;
  };
  return { name: 'default', open: (book, job, arrival) => versionFor(book.spec.oracle ?? NEWEST_ORACLE).open(book, job, arrival) };
}
