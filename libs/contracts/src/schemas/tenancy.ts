import { z } from 'zod';
import { id, label, list, name, time } from './primitives.js';

export const ROLES = ['operator', 'bidder', 'auditor'] as const;
export type Role = (typeof ROLES)[number];
export const role = z.enum(ROLES, 'must be operator, bidder or auditor');

export const createOrganisationBody = z.strictObject({ name });
export const organisation = z
  .strictObject({ id, name, accountId: id, parentId: id.nullable(), createdAt: time })
  .meta({ id: 'Organisation' });
export const organisationList = list(organisation);

export const createKeyBody = z.strictObject({ role, label: label.optional() });
export const createdKey = z
  .strictObject({ id, key: z.string().describe('The key itself. It is shown here and never again.'), prefix: z.string(), role })
  .meta({ id: 'CreatedKey' });
