import { type Caller, ChangeMarket } from '#market';
import { createOracle, ORACLE_VERSION, ORACLE_VERSIONS } from '#kinds';
import { createBase, createCatalogueWork } from '#persistence';

/** Versions of the oracle with one that there may be one day. */
export const TRIAL_VERSIONS = { ...ORACLE_VERSIONS, 'trial/1': () => createOracle('paper') };

/** Moves a market to a version of the oracle that only tests have, and back before anything is decided by it: two entries of its log. */
export async function moveOracleThereAndBack(databaseUrl: string, caller: Caller, marketId: bigint): Promise<void> {
  const base = createBase(databaseUrl);
  const change = new ChangeMarket(createCatalogueWork(base), TRIAL_VERSIONS);
  for (const oracle of ['trial/1', ORACLE_VERSION]) {
    const { kind } = await change.run({ caller, marketId, oracle });
    if (kind !== 'changed') throw new Error(kind);
  }
  await base.close();
}
