import { createDefaultOracle } from './default.js';
import type { Oracle } from './oracle.js';
import { UNBOUNDED } from './steps.js';

/**
 * The versions of the default oracle, the oldest first: whatever changes an answer gets a new one, and what an older one decided can be
 * decided again for good (docs/decisions/oracle.md).
 */
export const ORACLE_VERSIONS = ['eris-default/2', 'eris-default/3'] as const;
export type OracleVersion = (typeof ORACLE_VERSIONS)[number];

/** What new markets get. */
export const NEWEST_ORACLE: OracleVersion = 'eris-default/3';

export const isOracleVersion = (text: string): text is OracleVersion => ORACLE_VERSIONS.some((version) => version === text);

const MAKERS: Readonly<Record<OracleVersion, () => Oracle>> = {
  'eris-default/2': () => createDefaultOracle({ budgets: UNBOUNDED }),
  'eris-default/3': () => createDefaultOracle(),
};

/** The default oracle as it was in a version, with its own workspace. @throws Error where this program does not know the version. */
export function createVersion(version: OracleVersion): Oracle {
  if (!isOracleVersion(version))
    throw new Error(`oracle ${String(version)} is not one of ${ORACLE_VERSIONS.join(', ')}: run the program that knows it`);
  return MAKERS[version]();
}

/** Whether admission looks for schedules that the wallet cannot pay although one that passes is known: it did in version 2. */
export const pricesBeyondFunds = (version: OracleVersion = NEWEST_ORACLE): boolean => version === 'eris-default/2';
