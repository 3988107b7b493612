-- Who opened a window, where that was not its operator. Those that missed heartbeats had opened were known by their note, which an operator could write too. One
-- that is open as this comes is its operator's to close: its row is in its receipt, which would not hold any more were the column set. Where it is null
-- receipts leave it out, and so those of before stay true.
ALTER TABLE "market_window" ADD COLUMN "opened_by" TEXT;
ALTER TABLE "market_window" ADD CONSTRAINT "market_window_opened_by_check" CHECK ("opened_by" = 'heartbeats');
