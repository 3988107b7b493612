-- Bidders take turns: the backlog says whose bid it is, and is walked bidder by bidder.

-- Bids that are being stored come first, and others wait here, before their trigger writes a row without a bidder.
LOCK TABLE bid IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE undecided_bid DISABLE TRIGGER undecided_bid_follows;

-- AlterTable
ALTER TABLE "undecided_bid" ADD COLUMN "organisation_id" BIGINT;
UPDATE undecided_bid u SET organisation_id = b.organisation_id FROM bid b WHERE b.id = u.bid_id;
ALTER TABLE "undecided_bid" ALTER COLUMN "organisation_id" SET NOT NULL;

-- CreateIndex
CREATE INDEX "undecided_bid_market_id_organisation_id_bid_id_idx" ON "undecided_bid"("market_id", "organisation_id", "bid_id");

ALTER TABLE undecided_bid ENABLE TRIGGER undecided_bid_follows;

CREATE OR REPLACE FUNCTION put_into_backlog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT market_id, organisation_id FROM fresh) AS f
    WHERE NOT EXISTS (SELECT FROM market m WHERE m.id = f.market_id) OR NOT EXISTS (SELECT FROM organisation o WHERE o.id = f.organisation_id)
  ) THEN
    RAISE EXCEPTION 'bid: of a market or an organisation that does not exist' USING ERRCODE = 'foreign_key_violation';
  END IF;
  INSERT INTO undecided_bid (market_id, bid_id, organisation_id) SELECT market_id, id, organisation_id FROM fresh;
  RETURN NULL;
END $$;
