import type { AccountRecord, AccountsTx, Caller } from '#market';
import { invariant, micros, type Micros } from '#units';
import type { PrismaTx } from '../cold-work.js';
import { AccountKind, type Prisma } from '../prisma/generated/client.js';

const WITH_ACCOUNTS = { accounts: { select: { id: true, kind: true, balanceMicros: true } } } satisfies Prisma.OrganisationInclude;
type Row = Prisma.OrganisationGetPayload<{ include: typeof WITH_ACCOUNTS }>;

type BalancesTx = Pick<AccountsTx, 'listAccounts' | 'findAccount'>;

/** Balances over a transaction of Prisma's; all of an organisation's are of one moment. */
export function balancesTx(db: PrismaTx): BalancesTx {
  const list = async (where: Prisma.OrganisationWhereInput): Promise<AccountRecord[]> => {
    const rows = await db.organisation.findMany({ where, include: WITH_ACCOUNTS, orderBy: { id: 'asc' } });
    return rows.map(recordOf).sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
  };
  return {
    listAccounts: (caller) => list(ofCaller(caller)),
    findAccount: async (caller, accountId) =>
      (await list({ AND: [ofCaller(caller), { accounts: { some: { id: accountId, kind: AccountKind.wallet } } }] })).at(0),
  };
}

/** Its own organisation and, unless it bids, those that it made. */
const ofCaller = ({ organisationId, role }: Caller): Prisma.OrganisationWhereInput =>
  role === 'bidder' ? { id: organisationId } : { OR: [{ id: organisationId }, { parentId: organisationId }] };

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
    revenue: balanceOf('revenue'),
  };
}
