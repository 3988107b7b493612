import { randomBytes } from 'node:crypto';
import {
  AddSite,
  ChangeCapacity,
  ChangeMarket,
  CreateKey,
  CreateMarket,
  CreateOrganisation,
  Deposit,
  EnsureAdminKey,
  GetAccount,
  GetMarket,
} from '#market';
import {
  type Caller,
  ListAccounts,
  ListEntries,
  ListKeys,
  ListMarkets,
  ListOrganisations,
  ListSites,
  type MarketRecord,
  type OrganisationRecord,
  RevokeKey,
} from '#market';
import {
  type Base,
  createAccountsReader,
  createAccountsWork,
  createBase,
  createCatalogueReader,
  createCatalogueWork,
  createPool,
  createTenancyReader,
  createTenancyWork,
} from '#persistence';
import { micros } from '#units';

/** The cold use cases over a database, as the API wires them. */
export function coldUseCases(url: string) {
  const base: Base = createBase(url);
  const pool = createPool(url);
  const [tenants, markets, money] = [createTenancyReader(pool), createCatalogueReader(pool), createAccountsReader(pool)];
  const [tenancy, catalogue, accounts] = [createTenancyWork(base), createCatalogueWork(base), createAccountsWork(base)];
  return {
    accounts: {
      list: new ListAccounts(money),
      get: new GetAccount(money),
      entries: new ListEntries(money),
      deposit: new Deposit(accounts),
    },
    keys: {
      ensureAdmin: new EnsureAdminKey(tenancy, randomBytes),
      create: new CreateKey(tenancy, randomBytes),
      revoke: new RevokeKey(tenancy),
      find: { run: (hash: Uint8Array) => tenancy.read((tx) => tx.findKeyByHash(hash)) },
      list: new ListKeys(tenants),
    },
    markets: {
      create: new CreateMarket(catalogue),
      list: new ListMarkets(markets),
      get: new GetMarket(markets),
      changeStatus: new ChangeMarket(catalogue),
    },
    organisations: { create: new CreateOrganisation(tenancy), list: new ListOrganisations(tenants) },
    sites: { add: new AddSite(catalogue), list: new ListSites(markets), changeCapacity: new ChangeCapacity(catalogue) },
    works: { accounts, catalogue, tenancy },
    close: async () => void (await Promise.all([base.close(), pool.end()])),
  };
}

export type ColdUseCases = ReturnType<typeof coldUseCases>;

/** The first page of a list, of a length that no test reaches. */
export const FIRST_PAGE = { afterId: 0n, limit: 100 } as const;

/** An operator of its own, below the first organisation. */
export async function makeOperator(cold: ColdUseCases, name: string): Promise<Caller & { readonly organisation: OrganisationRecord }> {
  const admin = await cold.keys.ensureAdmin.run('a key that is the same in every call');
  const roots = await cold.works.tenancy.read((tx) => tx.listRootOrganisations());
  expect(['stored', 'present']).toContain(admin.kind);
  return makeMember(cold, { organisationId: roots[0].organisationId, role: 'operator' }, { name, role: 'operator' });
}

/** An organisation of the caller's, ready to call. */
export async function makeMember(
  cold: ColdUseCases,
  caller: Caller,
  { name, role }: { name: string; role: Caller['role'] },
): Promise<Caller & { readonly organisation: OrganisationRecord }> {
  const made = await cold.organisations.create.run({ caller, name });
  if (made.kind !== 'created') throw new Error(made.kind);
  return { organisationId: made.organisation.organisationId, role, organisation: made.organisation };
}

/** A market with two resources and no sites yet. */
export async function openMarket(cold: ColdUseCases, caller: Caller, name = 'market'): Promise<MarketRecord> {
  const outcome = await cold.markets.create.run({ caller, ...TERMS, name });
  if (outcome.kind !== 'created') throw new Error(outcome.kind);
  return outcome.market;
}

export const TERMS = {
  name: 'market',
  clock: 'manual',
  slotMinutes: 20,
  horizonSlots: 10,
  chunkMB: 2.0004,
  bandwidthMB: 100.0006,
  resources: ['gpu', 'cpu'],
  prices: { kind: 'paper', gamma: { bandwidth: 1000, gpu: 30.5, cpu: 2 }, unit: micros(1_000_000n), reserve: micros(250_000n) },
} as const;
