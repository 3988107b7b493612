import { z } from 'zod';
import { ACCOUNT_KINDS, TRANSFER_KINDS } from '#ledger';
import { parseMicros } from '#units';
import { givenAmount, id, page, pageQuery, signedAmount, slot, time, wholeQuery } from './primitives.js';

const balance = z.strictObject({ available: signedAmount, held: signedAmount });
/** An account with its balances. */
export const account = z
  .strictObject({ id, organisationId: id, organisation: z.string(), balance, retained: signedAmount, revenue: signedAmount })
  .meta({ id: 'Account' });
/** The query of a list of accounts. */
export const accountsQuery = z.strictObject(wholeQuery);
/** A page of accounts. */
export const accountPage = page(account);

/** The body of a deposit. */
export const depositBody = z.strictObject({ amount: givenAmount.refine((text) => parseMicros(text) !== 0n, 'must be more than zero') });
/** What a deposit came to. */
export const deposited = z.strictObject({ id, balance }).meta({ id: 'Deposited' });

/** The query of a list of entries. */
export const entriesQuery = z.strictObject(pageQuery);
/** An entry of an account. */
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
/** A page of entries. */
export const entryPage = page(entry);
