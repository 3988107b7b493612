import { type AccountRecord, type AccountsTx, type Caller, seesAll } from '#market';
import { invariant, micros, type Micros } from '#units';
import type { PrismaTx } from '../cold-work.js';
import { familyOf } from '../tenancy/membership.js';
import { AccountKind, type Prisma } from '../prisma/generated/client.js';

const WITH_ACCOUNTS = { accounts: { select: { id: true, kind: true, balanceMicros: true } } } satisfies Prisma.OrganisationInclude;
type Row = Prisma.OrganisationGetPayload<{ include: typeof WITH_ACCOUNTS }>;

type BalancesTx = Pick<AccountsTx, 'findAccount'>;

/** Balances over a transaction of Prisma's; all of an organisation's are of one moment. */
export const balancesTx = (db: PrismaTx): BalancesTx => ({
  findAccount: async (caller, accountId) => {
    const where = { AND: [ofCaller(caller), { accounts: { some: { id: accountId, kind: AccountKind.wallet } } }] };
    const row = await db.organisation.findFirst({ where, include: WITH_ACCOUNTS });
    return row ? recordOf(row) : undefined;
  },
});

/** Its own organisation and, unless it bids, those that it made. */
const ofCaller = (caller: Caller): Prisma.OrganisationWhereInput =>
  seesAll(caller) ? familyOf(caller.organisationId) : { id: caller.organisationId };

function recordOf({ id, name, parentId, accounts }: Row): AccountRecord {
  const accountOf = (kind: AccountKind): Row['accounts'][number] => {
    const account = accounts.find((each) => each.kind === kind);
    invariant(account !== undefined, 'an organisation has an account of every kind');
    return account;
  };
  const balanceOf = (kind: AccountKind): Micros => micros(accountOf(kind).balanceMicros);
  return {
    accountId: accountOf('wallet').id,
    organisationId: id,
    organisationName: name,
    parentId,
    available: balanceOf('wallet'),
    held: balanceOf('escrow'),
    retained: micros(accounts.find(({ kind }) => kind === 'retained')?.balanceMicros ?? 0n), // there is none where 0.2.0 made the organisation
    revenue: balanceOf('revenue'),
  };
}
