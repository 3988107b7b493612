import { type KeyRecord, type KeyUseStore, type ListedKey, type OrganisationRecord, seesAll, type TenancyReader } from '#market';
import type { Pool } from 'pg';

const KEY_COLUMNS = `k.id, k.organisation_id, o.parent_id, k.role::text, k.label, k.scopes, k.site_id, k.prefix, k.origin::text, k.created_at, k.revoked_at`;

/**
 * list-organisations: an organisation and, where it oversees them, those that it made, with their wallets.
 * Input:  organisation, whether it oversees others, id to go on after, limit. Output: rows, ids ascending.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIST_ORGANISATIONS = `
  SELECT o.id, o.parent_id, o.name, o.created_at, a.id AS account_id
  FROM organisation o JOIN account a ON a.organisation_id = o.id AND a.kind = 'wallet'
  WHERE o.id IN (
    SELECT $1::bigint WHERE $1 > $3
    UNION ALL (SELECT c.id FROM organisation c WHERE $2 AND c.parent_id = $1 AND c.id > $3 ORDER BY c.id LIMIT $4)
  ) ORDER BY o.id LIMIT $4`;

/**
 * list-keys: the keys of an organisation and, where it oversees them, of those that it made.
 * Input:  organisation, whether it oversees others, id to go on after, limit. Output: rows, ids ascending; revoked ones too.
 * Events: none.
 * Retry:  safe; it reads.
 */
const LIST_KEYS = `
  SELECT ${KEY_COLUMNS}, u.at AS last_used_at
  FROM organisation o JOIN api_key k ON k.organisation_id = o.id LEFT JOIN key_use u ON u.key_id = k.id
  WHERE o.id IN (SELECT $1::bigint UNION ALL SELECT c.id FROM organisation c WHERE $2 AND c.parent_id = $1) AND k.id > $3
  ORDER BY k.id LIMIT $4`;

/**
 * mark-keys-used: that keys are used now.
 * Input:  keys. Output: none.
 * Events: none.
 * Retry:  safe.
 */
const MARK_USED = `
  INSERT INTO key_use (key_id, at) SELECT id, now() FROM unnest($1::bigint[]) AS used(id) ORDER BY id
  ON CONFLICT (key_id) DO UPDATE SET at = excluded.at`;

interface KeyRow {
  readonly id: bigint;
  readonly organisation_id: bigint;
  readonly parent_id: bigint | null;
  readonly role: KeyRecord['role'];
  readonly label: string | null;
  readonly scopes: readonly string[];
  readonly site_id: bigint | null;
  readonly prefix: string;
  readonly origin: KeyRecord['origin'];
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

interface OrganisationRow {
  readonly id: bigint;
  readonly parent_id: bigint | null;
  readonly name: string;
  readonly created_at: Date;
  readonly account_id: bigint;
}

/** Organisations and keys as they are listed, over a pool. */
export function createTenancyReader(pool: Pool): TenancyReader {
  return {
    listOrganisations: async (caller, { afterId, limit }) => {
      const values = [caller.organisationId, seesAll(caller), afterId, limit];
      const { rows } = await pool.query<OrganisationRow>({ name: 'list-organisations', text: LIST_ORGANISATIONS, values });
      return rows.map(organisationOf);
    },
    listKeys: async (caller, { afterId, limit }) => {
      const values = [caller.organisationId, seesAll(caller), afterId, limit];
      const { rows } = await pool.query<KeyRow & { last_used_at: Date | null }>({ name: 'list-keys', text: LIST_KEYS, values });
      return rows.map((row): ListedKey => ({ ...keyOf(row), lastUsedAt: row.last_used_at }));
    },
  };
}

/** Where it is kept when keys were used, over a pool. */
export const createKeyUseStore = (pool: Pool): KeyUseStore => ({
  markUsed: async (keyIds) => void (await pool.query({ name: 'mark-keys-used', text: MARK_USED, values: [keyIds] })),
});

const keyOf = (row: KeyRow): KeyRecord => ({
  keyId: row.id,
  organisationId: row.organisation_id,
  parentId: row.parent_id,
  role: row.role,
  label: row.label,
  scopes: row.scopes,
  siteId: row.site_id,
  prefix: row.prefix,
  origin: row.origin,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
});

const organisationOf = (row: OrganisationRow): OrganisationRecord => ({
  organisationId: row.id,
  parentId: row.parent_id,
  name: row.name,
  accountId: row.account_id,
  createdAt: row.created_at,
});
