import type { OrganisationRecord, TenancyTx } from '#market';
import { at, invariant } from '#units';
import type { PrismaTx } from '../cold-work.js';
import { AccountKind, type Prisma } from '../prisma/generated/client.js';
import { familyOf } from './membership.js';

/** An organisation with the account that stands for it. */
const WITH_WALLET = { accounts: { where: { kind: AccountKind.wallet }, select: { id: true } } } satisfies Prisma.OrganisationInclude;
type Row = Prisma.OrganisationGetPayload<{ include: typeof WITH_WALLET }>;

type OrganisationsTx = Pick<TenancyTx, 'insertOrganisation' | 'listWithChildren' | 'listRootOrganisations'>;

/** Organisations over a transaction of Prisma's. */
export function organisationsTx(db: PrismaTx): OrganisationsTx {
  const list = async (where: Prisma.OrganisationWhereInput): Promise<OrganisationRecord[]> => {
    const rows = await db.organisation.findMany({ where, include: WITH_WALLET, orderBy: { id: 'asc' } });
    return rows.map(recordOf);
  };
  return {
    insertOrganisation: (organisation) => insert(db, organisation),
    listWithChildren: (organisationId) => list(familyOf(organisationId)),
    listRootOrganisations: () => list({ parentId: null }),
  };
}

/** A taken name makes no row, and no error either: an error would end the transaction. */
async function insert(db: PrismaTx, data: { parentId: bigint | null; name: string }): Promise<OrganisationRecord | undefined> {
  const [made] = await db.organisation.createManyAndReturn({ data, skipDuplicates: true });
  if (made === undefined) return undefined;
  await db.account.createMany({ data: Object.values(AccountKind).map((kind) => ({ organisationId: made.id, kind })) });
  return recordOf(await db.organisation.findUniqueOrThrow({ where: { id: made.id }, include: WITH_WALLET }));
}

function recordOf({ id, parentId, name, accounts, createdAt }: Row): OrganisationRecord {
  invariant(accounts.length === 1, 'an organisation has one wallet');
  return { organisationId: id, parentId, name, accountId: at(accounts, 0).id, createdAt };
}
