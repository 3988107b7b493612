-- Capacity that is off sale over some slots, and what becomes of those who had bought it (docs/lifecycle.md). Rows that an entry of the log has written
-- never change, but for where a window was settled and closed, which later entries tell.

-- CreateEnum
CREATE TYPE "window_kind" AS ENUM ('outage', 'maintenance');
CREATE TYPE "window_scope" AS ENUM ('site', 'bandwidth', 'market');
CREATE TYPE "ending" AS ENUM ('cancelled', 'failed');

-- CreateTable
CREATE TABLE "market_window" (
    "id" BIGSERIAL NOT NULL,
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "kind" "window_kind" NOT NULL,
    "cause" TEXT NOT NULL,
    "scope" "window_scope" NOT NULL,
    "site_id" BIGINT,
    "amounts" JSONB,
    "from_slot" INTEGER NOT NULL,
    "to_slot" INTEGER,
    "taken" INTEGER[],
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_sequence" BIGINT,
    "closed_sequence" BIGINT,
    "closed_slot" INTEGER,

    CONSTRAINT "market_window_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "allocation_revision" (
    "bid_id" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL,
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "from_slot" INTEGER NOT NULL,
    "completion" INTEGER NOT NULL,
    "plan" JSON NOT NULL,

    CONSTRAINT "allocation_revision_pkey" PRIMARY KEY ("bid_id", "revision")
);
CREATE TABLE "allocation_end" (
    "bid_id" BIGINT NOT NULL,
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "ending" "ending" NOT NULL,
    "slot" INTEGER NOT NULL,

    CONSTRAINT "allocation_end_pkey" PRIMARY KEY ("bid_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "market_window_market_id_sequence_key" ON "market_window"("market_id", "sequence");
CREATE UNIQUE INDEX "allocation_revision_market_id_sequence_key" ON "allocation_revision"("market_id", "sequence");
CREATE UNIQUE INDEX "allocation_end_market_id_sequence_key" ON "allocation_end"("market_id", "sequence");

-- AddForeignKey
ALTER TABLE "market_window" ADD CONSTRAINT "market_window_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "market_window" ADD CONSTRAINT "market_window_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "site"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "allocation_revision" ADD CONSTRAINT "allocation_revision_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "allocation"("bid_id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "allocation_end" ADD CONSTRAINT "allocation_end_bid_id_fkey" FOREIGN KEY ("bid_id") REFERENCES "allocation"("bid_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The laws that Prisma cannot say ---------------------------------------------------------------------------------------------------

CREATE INDEX market_window_unsettled ON market_window (market_id) WHERE settled_sequence IS NULL;
ALTER TABLE market_window
  ALTER COLUMN taken SET NOT NULL,
  ADD CONSTRAINT market_window_has_slots CHECK (from_slot >= 0 AND (to_slot IS NULL OR to_slot > from_slot)),
  ADD CONSTRAINT market_window_names_its_site CHECK ((scope = 'site') = (site_id IS NOT NULL)),
  ADD CONSTRAINT market_window_is_closed_whole CHECK ((closed_sequence IS NULL) = (closed_slot IS NULL)),
  ADD CONSTRAINT market_window_in_order CHECK (sequence > 0 AND settled_sequence > sequence AND closed_sequence > sequence);
ALTER TABLE allocation_revision
  ADD CONSTRAINT allocation_revision_counts CHECK (revision > 0 AND sequence > 0 AND from_slot >= 0 AND completion >= from_slot);
ALTER TABLE allocation_end ADD CONSTRAINT allocation_end_counts CHECK (sequence > 0 AND slot >= 0);

CREATE FUNCTION refuse_other_window() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'market_window %: a window is settled once and closed once, and does not change otherwise', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER market_window_stays BEFORE UPDATE ON market_window FOR EACH ROW
  WHEN (to_jsonb(NEW) - '{settled_sequence,closed_sequence,closed_slot}'::text[] <> to_jsonb(OLD) - '{settled_sequence,closed_sequence,closed_slot}'::text[]
    OR (OLD.settled_sequence IS NOT NULL AND NEW.settled_sequence IS DISTINCT FROM OLD.settled_sequence)
    OR (OLD.closed_sequence IS NOT NULL AND (NEW.closed_sequence, NEW.closed_slot) IS DISTINCT FROM (OLD.closed_sequence, OLD.closed_slot)))
  EXECUTE FUNCTION refuse_other_window();
CREATE TRIGGER market_window_is_kept BEFORE DELETE OR TRUNCATE ON market_window FOR EACH STATEMENT EXECUTE FUNCTION refuse_because('rows are never removed');
CREATE TRIGGER allocation_revision_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation_revision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocation_end_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation_end FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
