import type { KeyRecord, NewKey, TenancyTx } from '#market';
import type { PrismaTx } from '../cold-work.js';
import type { Prisma } from '../prisma/generated/client.js';

const WITH_PARENT = { organisation: { select: { parentId: true } } } satisfies Prisma.ApiKeyInclude;
type Row = Prisma.ApiKeyGetPayload<{ include: typeof WITH_PARENT }>;

type KeysTx = Pick<
  TenancyTx,
  'hasSite' | 'insertKey' | 'countLiveKeys' | 'findKey' | 'findKeyByHash' | 'setOrigin' | 'listAdminKeys' | 'revokeKey' | 'hasLiveKey'
>;

/** Keys over a transaction of Prisma's. */
export function keysTx(db: PrismaTx): KeysTx {
  const find = async (where: Prisma.ApiKeyWhereUniqueInput): Promise<KeyRecord | undefined> => {
    const row = await db.apiKey.findUnique({ where, include: WITH_PARENT });
    return row ? recordOf(row) : undefined;
  };
  return {
    hasSite: async (organisationId, id) => (await db.site.count({ where: { id, market: { organisationId } } })) > 0,
    insertKey: (key) => insert(db, key),
    countLiveKeys: (organisationId) => countLive(db, organisationId),
    findKey: (id) => find({ id }),
    findKeyByHash: (hash) => find({ hash: Uint8Array.from(hash) }),
    setOrigin: async (id, origin) => void (await db.apiKey.update({ where: { id }, data: { origin }, select: { id: true } })),
    listAdminKeys: async (label) =>
      (await db.apiKey.findMany({ where: adminKeys(label), include: WITH_PARENT, orderBy: { id: 'asc' } })).map(recordOf),
    revokeKey: (id) => revoke(db, id),
    hasLiveKey: async (organisationId, role) => (await db.apiKey.count({ where: { organisationId, role, revokedAt: null } })) > 0,
  };
}

const adminKeys = (label: string): Prisma.ApiKeyWhereInput => ({
  role: 'operator',
  revokedAt: null,
  organisation: { parentId: null },
  OR: [{ origin: { not: 'request' } }, { label }],
});

async function insert(db: PrismaTx, { hash, scopes = [], siteId, ...key }: NewKey): Promise<KeyRecord> {
  const data = { ...key, siteId: siteId ?? null, scopes: [...scopes], hash: Uint8Array.from(hash) };
  return recordOf(await db.apiKey.create({ data, include: WITH_PARENT }));
}

/**
 * count-live-keys: keys that are not revoked; nobody else counts those of the same organisation until the transaction ends.
 * Input:  organisation. Output: their number.
 * Events: none.
 * Retry:  safe; it reads.
 */
async function countLive(db: PrismaTx, organisationId: bigint): Promise<number> {
  await db.$executeRaw`SELECT FROM organisation WHERE id = ${organisationId} FOR NO KEY UPDATE`;
  return db.apiKey.count({ where: { organisationId, revokedAt: null } });
}

/**
 * revoke-key: from now on the key is refused.
 * Input:  key. Output: none; the database's clock says when.
 * Events: none.
 * Retry:  safe; the first revocation stays.
 */
async function revoke(db: PrismaTx, keyId: bigint): Promise<void> {
  await db.$executeRaw`UPDATE api_key SET revoked_at = now() WHERE id = ${keyId} AND revoked_at IS NULL`;
}

const recordOf = ({
  id,
  organisation,
  organisationId,
  role,
  label,
  scopes,
  siteId,
  prefix,
  origin,
  createdAt,
  revokedAt,
}: Row): KeyRecord => ({
  keyId: id,
  organisationId,
  parentId: organisation.parentId,
  role,
  label,
  scopes,
  siteId,
  prefix,
  origin,
  createdAt,
  revokedAt,
});
