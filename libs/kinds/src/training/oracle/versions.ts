import { TRAINING_ANSWERS } from './answers.js';
import { createDefaultOracle } from './default.js';
import type { TrainingOracle } from './oracle.js';
import { budgetsOf, ORACLE_VERSION } from './steps.js';

/** Makes an oracle with its own workspace. */
export type MakeOracle = () => TrainingOracle;

/**
 * The versions of the oracle that history needs. A change that gives other answers is a new version beside the ones before it, which stay as they
 * are for as long as there may be a log that they have decided: a market keeps its version until its operator moves it.
 */
export const ORACLE_VERSIONS: Readonly<Record<string, MakeOracle>> = {
  'default/3': () => createDefaultOracle(),
  'default/4': () => createDefaultOracle({ budgets: budgetsOf('default/4') }), // prices the homes of large jobs
};

/** The versions that operators may choose. */
export const OFFERED_VERSIONS: Readonly<Record<string, MakeOracle>> = ORACLE_VERSIONS;

/** A version of the oracle is asked for that this program does not have. */
export class UnknownOracle extends Error {
  override readonly name = 'UnknownOracle';
  constructor(version: string, known: Readonly<Record<string, MakeOracle>>) {
    super(`the oracle ${version} is unknown here, which has ${Object.keys(known).join(', ')}: run the program that has it`);
  }
}

/**
 * Searches each book by the version of the oracle that its market names, by the newest where it names none. Each version has one workspace,
 * made when it is first asked for.
 * @throws UnknownOracle as a search is opened, where the version is none of these.
 */
export function createVersionedOracle(versions = ORACLE_VERSIONS): TrainingOracle {
  const made = new Map<string, TrainingOracle>();
  const oracleOf = (version: string): TrainingOracle => {
    const known = made.get(version);
    if (known) return known;
    if (!Object.hasOwn(versions, version)) throw new UnknownOracle(version, versions);
    const oracle = versions[version]();
    made.set(version, oracle);
    return oracle;
  };
  return {
    ...TRAINING_ANSWERS,
    name: 'default',
    open: (book, job, arrival) => oracleOf(book.spec.oracle ?? ORACLE_VERSION).open(book, job, arrival),
  };
}
