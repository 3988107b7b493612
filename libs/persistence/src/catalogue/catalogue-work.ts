import type { CatalogueTx, UnitOfWork } from '#market';
import { coldWork, type PrismaTx } from '../cold-work.js';
import { marketsTx } from './markets.js';
import { sitesTx } from './sites.js';

/** Markets and sites in Postgres. */
export const createCatalogueWork = (base: UnitOfWork<PrismaTx>): UnitOfWork<CatalogueTx> =>
  coldWork(base, (db) => ({ ...marketsTx(db), ...sitesTx(db) }));
