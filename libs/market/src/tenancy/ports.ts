import type { PageRange } from '../page.js';

/** What a key may do: run markets, bid in them, read, or speak for a site. */
export type Role = 'operator' | 'bidder' | 'auditor' | 'agent';
/** Who made a key: a request, or the service's start, from its environment or because there was none. */
export type KeyOrigin = 'request' | 'environment' | 'start';

/** Who asks: an organisation, by a key of that role. */
export interface Caller {
  readonly organisationId: bigint;
  readonly role: Role;
  /** What of its role the key may do; all of it where there is none. */
  readonly scopes?: readonly string[];
  /** Of an agent: the site that it speaks for. */
  readonly siteId?: bigint | undefined;
}

/** A tenant. Its account is its wallet. */
export interface OrganisationRecord {
  readonly organisationId: bigint;
  /** The operator that made it; null for an operator of its own. */
  readonly parentId: bigint | null;
  readonly name: string;
  readonly accountId: bigint;
  readonly createdAt: Date;
}

/** A key as stored: the key itself is not. */
export interface KeyRecord {
  readonly keyId: bigint;
  readonly organisationId: bigint;
  /** The parent of the key's organisation. */
  readonly parentId: bigint | null;
  readonly role: Role;
  readonly label: string | null;
  /** What of its role it may do; all of it where there is none. */
  readonly scopes: readonly string[];
  /** Of an agent: the site that it speaks for. */
  readonly siteId: bigint | null;
  /** How to recognise the key: its first characters. */
  readonly prefix: string;
  readonly origin: KeyOrigin;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

/** A key as it is listed. */
export interface ListedKey extends KeyRecord {
  /** To the minute; null for a key that was never used. */
  readonly lastUsedAt: Date | null;
}

/** A key that is to be stored; its text is not. */
export interface NewKey {
  readonly organisationId: bigint;
  readonly role: Role;
  readonly label: string | null;
  readonly scopes?: readonly string[];
  readonly siteId?: bigint | undefined;
  readonly prefix: string;
  /** SHA-256 of the key. */
  readonly hash: Uint8Array;
  /** A request's where it isn't said. */
  readonly origin?: KeyOrigin;
}

/** What is read of organisations and keys, each as of one moment. */
export interface TenancyReader {
  /** By id, those that the caller oversees. */
  listOrganisations(caller: Caller, range: PageRange): Promise<readonly OrganisationRecord[]>;
  /** By id, revoked ones too: those of organisations that the caller oversees. */
  listKeys(caller: Caller, range: PageRange): Promise<readonly ListedKey[]>;
}

/** What tenancy does in the database. */
export interface TenancyTx {
  /** Makes an organisation with its four accounts; undefined where its parent already has one of that name. */
  insertOrganisation(organisation: { readonly parentId: bigint | null; readonly name: string }): Promise<OrganisationRecord | undefined>;
  /** An organisation and those that it made, by id. */
  listWithChildren(organisationId: bigint): Promise<readonly OrganisationRecord[]>;
  /** Operators of their own, by id. */
  listRootOrganisations(): Promise<readonly OrganisationRecord[]>;
  /** Whether a site is one of an organisation's own markets. */
  hasSite(organisationId: bigint, siteId: bigint): Promise<boolean>;
  insertKey(key: NewKey): Promise<KeyRecord>;
  /** Keys of an organisation that are not revoked; one caller at a time counts them, until its transaction ends. */
  countLiveKeys(organisationId: bigint): Promise<number>;
  findKey(keyId: bigint): Promise<KeyRecord | undefined>;
  findKeyByHash(hash: Uint8Array): Promise<KeyRecord | undefined>;
  setOrigin(keyId: bigint, origin: KeyOrigin): Promise<void>;
  /** By id, of operators of their own: valid operator keys that no request made, or that have that label. */
  listAdminKeys(label: string): Promise<readonly KeyRecord[]>;
  /** Keeps the time of the first revocation. */
  revokeKey(keyId: bigint): Promise<void>;
  /** Is there a key of that role in that organisation that has not been revoked? */
  hasLiveKey(organisationId: bigint, role: Role): Promise<boolean>;
  /** One at a time through what follows, over all processes, until the transaction ends. */
  lockAdministration(): Promise<void>;
}
