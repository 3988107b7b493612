import { z } from 'zod';
import { id } from './primitives.js';

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const receipt = z.strictObject({
  marketId: id,
  sequence: z.string().describe('The entry of the log that decided the bid.'),
  algorithm: z.string().describe('What decided it: policy and version of the oracle.'),
  inputHash: hash.describe('Of the bid as it is stored.'),
  priceHash: hash.describe('The hash of the receipt of the last change of prices before it.'),
  rows: z.string().describe('16 bytes of the SHA-256 of each row that was written with it, one after the other, in hexadecimal.'),
  previousHash: hash.describe('The hash of the receipt of the entry before.'),
  hash,
});

/** The receipt of a bid, and what a check of it has found. */
export const bidReceipt = z
  .strictObject({
    bidId: id,
    receipt: receipt.nullable().describe('Null as long as it is not written: the bid is not decided, or was a moment ago.'),
    findings: z
      .array(z.strictObject({ table: z.string(), key: z.string(), detail: z.string() }))
      .describe('What is not as it was when the receipt was written; none where all of it is.'),
  })
  .meta({ id: 'BidReceipt' });
