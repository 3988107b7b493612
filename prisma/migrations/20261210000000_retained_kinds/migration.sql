-- Money of slots that have run waits with the operator until the job is complete (docs/lifecycle.md): an account for it, and the ways there and on from it.
-- Values of an enumeration are of use after the transaction that adds them: the next migration works with these.
ALTER TYPE "account_kind" ADD VALUE 'retained' BEFORE 'revenue';
ALTER TYPE "transfer_kind" ADD VALUE 'retain';
ALTER TYPE "transfer_kind" ADD VALUE 'earn';
ALTER TYPE "transfer_kind" ADD VALUE 'refund';
