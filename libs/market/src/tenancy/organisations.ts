import type { UnitOfWork } from '../unit-of-work.js';
import type { Caller, OrganisationRecord, TenancyTx } from './ports.js';

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

export interface OrganisationsOutcome {
  readonly kind: 'listed';
  readonly organisations: readonly OrganisationRecord[];
}

/** The caller's organisation and those that it made. */
export class ListOrganisations {
  constructor(private readonly work: UnitOfWork<TenancyTx>) {}

  async run(caller: Caller): Promise<OrganisationsOutcome> {
    const family = await this.work.read((tx) => tx.listFamily(caller.organisationId));
    return { kind: 'listed', organisations: family.filter((each) => mayOversee(caller, each)) };
  }
}

/** Whether the caller sees what belongs to that organisation: its own, and, unless it bids, those that its organisation made. */
export function mayOversee(caller: Caller, owner: { readonly organisationId: bigint; readonly parentId: bigint | null }): boolean {
  if (owner.organisationId === caller.organisationId) return true;
  return caller.role !== 'bidder' && owner.parentId === caller.organisationId;
}
