-- Rows of the hot path are checked a statement at a time. A foreign key is checked row by row, with a lock on the row that it points to:
-- seven of those were half of what storing and deciding a bid cost. What they promised is kept: rows that are pointed to are never removed
-- (below), and every statement's rows are looked up together when they are written.

-- Bodies are stored as they were sent, reasons and payloads as they were written: nobody searches in them.
ALTER TABLE "bid" ALTER COLUMN "body" SET DATA TYPE JSON;
ALTER TABLE "decision" ALTER COLUMN "reason" SET DATA TYPE JSON;
ALTER TABLE "event" ALTER COLUMN "payload" SET DATA TYPE JSON;

-- DropForeignKey
ALTER TABLE "bid" DROP CONSTRAINT "bid_market_id_fkey";
ALTER TABLE "bid" DROP CONSTRAINT "bid_organisation_id_fkey";
ALTER TABLE "undecided_bid" DROP CONSTRAINT "undecided_bid_market_id_fkey";
ALTER TABLE "undecided_bid" DROP CONSTRAINT "undecided_bid_bid_id_fkey";
ALTER TABLE "decision" DROP CONSTRAINT "decision_bid_id_fkey";
ALTER TABLE "decision" DROP CONSTRAINT "decision_market_id_fkey";
ALTER TABLE "event" DROP CONSTRAINT "event_market_id_fkey";
ALTER TABLE "receipt" DROP CONSTRAINT "receipt_market_id_fkey";

-- A bid is undecided in its own market only, by the way it gets here.
-- DropIndex
DROP INDEX "undecided_bid_bid_id_key";

-- Organisations and markets stay, whoever points to them. (Bids are immutable already.)
CREATE FUNCTION refuse_because() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER organisation_stays BEFORE DELETE OR TRUNCATE ON organisation FOR EACH STATEMENT EXECUTE FUNCTION refuse_because('rows are never removed');
CREATE TRIGGER market_stays BEFORE DELETE OR TRUNCATE ON market FOR EACH STATEMENT EXECUTE FUNCTION refuse_because('rows are never removed');
CREATE TRIGGER organisation_keeps_id BEFORE UPDATE OF id ON organisation FOR EACH STATEMENT EXECUTE FUNCTION refuse_because('ids never change');
CREATE TRIGGER market_keeps_id BEFORE UPDATE OF id ON market FOR EACH STATEMENT EXECUTE FUNCTION refuse_because('ids never change');

-- Entries of a market's log and their receipts belong to a market that there is.
CREATE FUNCTION refuse_unknown_market() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT market_id FROM fresh) AS f WHERE NOT EXISTS (SELECT FROM market m WHERE m.id = f.market_id)) THEN
    RAISE EXCEPTION '%: of a market that does not exist', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER event_of_market AFTER INSERT ON event REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_market();
CREATE TRIGGER receipt_of_market AFTER INSERT ON receipt REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_market();

-- A stored bid is in the backlog by the same statement; its decision takes it out again, and there is no decision of a bid that is not there.
CREATE FUNCTION put_into_backlog() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT market_id, organisation_id FROM fresh) AS f
    WHERE NOT EXISTS (SELECT FROM market m WHERE m.id = f.market_id) OR NOT EXISTS (SELECT FROM organisation o WHERE o.id = f.organisation_id)
  ) THEN
    RAISE EXCEPTION 'bid: of a market or an organisation that does not exist' USING ERRCODE = 'foreign_key_violation';
  END IF;
  INSERT INTO undecided_bid (market_id, bid_id) SELECT market_id, id FROM fresh;
  RETURN NULL;
END $$;
CREATE TRIGGER bid_is_undecided AFTER INSERT ON bid REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION put_into_backlog();

CREATE FUNCTION take_from_backlog() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  taken bigint;
BEGIN
  DELETE FROM undecided_bid u USING fresh f WHERE u.market_id = f.market_id AND u.bid_id = f.bid_id;
  GET DIAGNOSTICS taken = ROW_COUNT;
  IF taken <> (SELECT count(*) FROM fresh) THEN
    RAISE EXCEPTION 'decision: of a bid that is not in the backlog of its market' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER decision_ends_waiting AFTER INSERT ON decision REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION take_from_backlog();

-- Within the triggers above the depth is one.
CREATE TRIGGER undecided_bid_follows BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON undecided_bid FOR EACH STATEMENT
  WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_because('the backlog is kept by bids and decisions only');
