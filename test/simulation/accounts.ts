import { ACCOUNT_KINDS, type AccountKind } from '#ledger';

export const marketLock = (marketId: bigint): string => `market ${marketId}`;
export const accountLocks = (ids: readonly bigint[]): string[] => ids.map((id) => `account ${id}`);

/** The account of an organisation by kind: ids are 10 * organisation + kind. */
export const accountOf = (organisationId: bigint, kind: AccountKind): bigint => 10n * organisationId + BigInt(ACCOUNT_KINDS.indexOf(kind));
