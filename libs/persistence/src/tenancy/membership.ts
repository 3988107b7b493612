import type { Prisma } from '../prisma/generated/client.js';

/**
 * Whether an organisation `o` is a member of a market `m`, and so sees it: the market is its own, or that of the operator that made it. The only place
 * where that is said in SQL; who sees all of those, libs/market says (`seesAll`).
 */
export const IS_MEMBER = `m.organisation_id IN (o.id, o.parent_id)`;

/** Whether an organisation `o` is one, or one that it made where it sees those. Both are parameters. */
export const isWithin = (organisation: string, seesFamily: string): string =>
  `(o.id = ${organisation} OR ${seesFamily} AND o.parent_id = ${organisation})`;

/** The same for Prisma: an organisation and those that it made. */
export const familyOf = (organisationId: bigint): Prisma.OrganisationWhereInput => ({
  OR: [{ id: organisationId }, { parentId: organisationId }],
});
