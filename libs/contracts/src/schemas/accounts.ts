import { z } from 'zod';
import { ACCOUNT_KINDS, TRANSFER_KINDS } from '#ledger';
import { parseMicros } from '#units';
import { givenAmount, id, page, pageQuery, signedAmount, slot, time, wholeQuery } from './primitives.js';

const balance = z.strictObject({ available: signedAmount, held: signedAmount });
export const account = z
  .strictObject({ id, organisationId: id, organisation: z.string(), balance, revenue: signedAmount })
  .meta({ id: 'Account' });
export const accountsQuery = z.strictObject(wholeQuery);
export const accountPage = page(account);

export const depositBody = z.strictObject({ amount: givenAmount.refine((text) => parseMicros(text) !== 0n, 'must be more than zero') });
export const deposited = z.strictObject({ id, balance }).meta({ id: 'Deposited' });

export const entriesQuery = z.strictObject(pageQuery);
export const entry = z
  .strictObject({
    transferId: id,
    kind: z.enum(TRANSFER_KINDS),
    account: z.enum(ACCOUNT_KINDS),
    amount: signedAmount,
    marketId: id.nullable(),
    bidId: id.nullable(),
    slot: slot.nullable(),
    createdAt: time,
  })
  .meta({ id: 'Entry' });
export const entryPage = page(entry);
