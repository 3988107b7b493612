-- Maintenance that comes again and again (docs/lifecycle.md). Its occurrences are windows, each by an entry of the log of its market; where a window is none
-- its receipt leaves the two new columns out, and so those of before stay true.

-- AlterTable
ALTER TABLE "market_window" ADD COLUMN     "occurs_at" TIMESTAMPTZ(3),
ADD COLUMN     "recurring_id" BIGINT;

-- CreateTable
CREATE TABLE "recurring_window" (
    "id" BIGSERIAL NOT NULL,
    "market_id" BIGINT NOT NULL,
    "scope" "window_scope" NOT NULL,
    "site_id" BIGINT,
    "amounts" JSONB,
    "rule" TEXT NOT NULL,
    "starts_at" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "minutes" INTEGER NOT NULL,
    "note" TEXT,
    "from_slot" INTEGER NOT NULL,
    "opened_slot" INTEGER NOT NULL,
    "skipped" TIMESTAMPTZ(3)[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "recurring_window_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "recurring_window_market_id_idx" ON "recurring_window"("market_id");

-- CreateIndex
CREATE UNIQUE INDEX "market_window_recurring_id_occurs_at_key" ON "market_window"("recurring_id", "occurs_at");

-- AddForeignKey
ALTER TABLE "market_window" ADD CONSTRAINT "market_window_recurring_id_fkey" FOREIGN KEY ("recurring_id") REFERENCES "recurring_window"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recurring_window" ADD CONSTRAINT "recurring_window_market_id_fkey" FOREIGN KEY ("market_id") REFERENCES "market"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recurring_window" ADD CONSTRAINT "recurring_window_site_id_fkey" FOREIGN KEY ("site_id") REFERENCES "site"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- The laws that Prisma cannot say ---------------------------------------------------------------------------------------------------

CREATE INDEX recurring_window_going_on ON recurring_window (market_id) WHERE ended_at IS NULL;
ALTER TABLE market_window
  ADD CONSTRAINT market_window_names_its_occurrence CHECK ((recurring_id IS NULL) = (occurs_at IS NULL)),
  ADD CONSTRAINT market_window_recurs_as_maintenance CHECK (recurring_id IS NULL OR (kind = 'maintenance' AND to_slot IS NOT NULL));
ALTER TABLE recurring_window
  ALTER COLUMN skipped SET NOT NULL,
  ADD CONSTRAINT recurring_window_names_its_site CHECK ((scope = 'site') = (site_id IS NOT NULL)),
  ADD CONSTRAINT recurring_window_counts CHECK (minutes > 0 AND from_slot >= 0 AND opened_slot >= from_slot);

CREATE FUNCTION refuse_other_recurring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'recurring_window %: what it is made of does not change, and it ends once', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER recurring_window_stays BEFORE UPDATE ON recurring_window FOR EACH ROW
  WHEN (to_jsonb(NEW) - '{opened_slot,skipped,ended_at}'::text[] <> to_jsonb(OLD) - '{opened_slot,skipped,ended_at}'::text[]
    OR NEW.opened_slot < OLD.opened_slot OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at))
  EXECUTE FUNCTION refuse_other_recurring();
CREATE TRIGGER recurring_window_is_kept BEFORE DELETE OR TRUNCATE ON recurring_window FOR EACH STATEMENT EXECUTE FUNCTION refuse_because('rows are never removed');
