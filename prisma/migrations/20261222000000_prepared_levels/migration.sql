-- The level that a market is to have as its clock moves to that slot (prisma/functions/15_post_prices.sql): the terms before and after, and what the log tells
-- of it. It follows from the log up to the entry that is measured last.
ALTER TABLE "price_learning" ADD COLUMN "prepared" JSONB, ADD COLUMN "prepared_slot" INTEGER;
