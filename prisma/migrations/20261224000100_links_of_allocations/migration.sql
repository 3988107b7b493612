-- What an allocation goes on with, and what was cancelled for it (docs/lifecycle.md). Null of all that was written before, and receipts leave them out there. A version
-- that does not know them would decide a change as if it were a bid like any other, so this is not one that works on beside the version before.
ALTER TABLE "allocation" ADD COLUMN "continues" BIGINT, ADD COLUMN "replaces" BIGINT;

-- An allocation is replaced once, and by another one.
CREATE UNIQUE INDEX "allocation_replaces_key" ON "allocation"("replaces") WHERE "replaces" IS NOT NULL;
CREATE INDEX "allocation_continues_idx" ON "allocation"("continues", "bid_id") WHERE "continues" IS NOT NULL;
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_links_check" CHECK ("replaces" <> "bid_id" AND "continues" <> "bid_id");
