-- A market names the version of the oracle that decides its bids. What there is was decided by the second; who makes a market says which.
ALTER TABLE "market" ADD COLUMN "oracle" TEXT NOT NULL DEFAULT 'eris-default/2';
