import type { UnitOfWork } from '../unit-of-work.js';
import { oneMore, pageOf, type PageRange } from '../page.js';
import type { Caller, OrganisationRecord, TenancyReader, TenancyTx } from './ports.js';

/** What came of making an organisation. */
export type CreateOrganisationOutcome =
  { readonly kind: 'created'; readonly organisation: OrganisationRecord } | { readonly kind: 'name_taken' };

/** Makes an organisation that belongs to the caller's, with its accounts. */
export class CreateOrganisation {
  constructor(private readonly work: UnitOfWork<TenancyTx>) {}

  run({ caller, name }: { readonly caller: Caller; readonly name: string }): Promise<CreateOrganisationOutcome> {
    return this.work.transaction(async (tx) => {
      const organisation = await tx.insertOrganisation({ parentId: caller.organisationId, name });
      return organisation ? { kind: 'created', organisation } : { kind: 'name_taken' };
    });
  }
}

/** A page of organisations. */
export interface OrganisationsOutcome {
  readonly kind: 'page';
  readonly organisations: readonly OrganisationRecord[];
  /** The id to go on after; null on the last page. */
  readonly nextId: bigint | null;
}

/** The caller's organisation and, unless it bids, those that it made. */
export class ListOrganisations {
  constructor(private readonly reader: TenancyReader) {}

  async run({ caller, ...range }: PageRange & { readonly caller: Caller }): Promise<OrganisationsOutcome> {
    const found = await this.reader.listOrganisations(caller, oneMore(range));
    const { rows, nextId } = pageOf(found, range, ({ organisationId }) => organisationId);
    return { kind: 'page', organisations: rows, nextId };
  }
}

/** Whether a role sees all of what its organisation has and made, and not only its own bids and accounts. */
export const seesAll = ({ role }: Pick<Caller, 'role'>): boolean => role !== 'bidder';

/** Whether the caller sees what belongs to that organisation: its own, and, unless it bids, those that its organisation made. */
export function canAdminister(caller: Caller, owner: { readonly organisationId: bigint; readonly parentId: bigint | null }): boolean {
  if (owner.organisationId === caller.organisationId) return true;
  return seesAll(caller) && owner.parentId === caller.organisationId;
}
