-- Budgets: what an organisation, one of its keys or a label may spend, beside the wallet (docs/lifecycle.md). New columns are null, or 0, of all that was
-- written before, and receipts leave them out there.

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "budget_changes" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "bid" ADD COLUMN     "key_id" BIGINT;

-- AlterTable
ALTER TABLE "decision" ADD COLUMN     "budgets" JSON;

-- CreateTable
CREATE TABLE "budget" (
    "id" BIGSERIAL NOT NULL,
    "organisation_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "key_id" BIGINT,
    "label" TEXT,
    "per" TEXT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "budget_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "budget_period" (
    "budget_id" BIGINT NOT NULL,
    "period" INTEGER NOT NULL,
    "used_micros" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "budget_period_pkey" PRIMARY KEY ("budget_id","period")
);

-- CreateTable
CREATE TABLE "budget_entry" (
    "id" BIGSERIAL NOT NULL,
    "budget_id" BIGINT NOT NULL,
    "period" INTEGER NOT NULL,
    "market_id" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "bid_id" BIGINT NOT NULL,
    "amount_micros" BIGINT NOT NULL,

    CONSTRAINT "budget_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "budget_event" (
    "id" BIGSERIAL NOT NULL,
    "budget_id" BIGINT NOT NULL,
    "period" INTEGER NOT NULL,
    "share" SMALLINT NOT NULL,
    "is_reached" BOOLEAN NOT NULL,
    "used_micros" BIGINT NOT NULL,
    "amount_micros" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budget_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "budget_organisation_id_idx" ON "budget"("organisation_id");

-- CreateIndex
CREATE INDEX "budget_entry_bid_id_idx" ON "budget_entry"("bid_id");

-- CreateIndex
CREATE INDEX "budget_entry_budget_id_period_idx" ON "budget_entry"("budget_id", "period");

-- CreateIndex
CREATE UNIQUE INDEX "budget_entry_market_id_sequence_budget_id_period_key" ON "budget_entry"("market_id", "sequence", "budget_id", "period");

-- CreateIndex
CREATE INDEX "budget_event_budget_id_id_idx" ON "budget_event"("budget_id", "id");

-- AddForeignKey
ALTER TABLE "budget_period" ADD CONSTRAINT "budget_period_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budget"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_entry" ADD CONSTRAINT "budget_entry_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budget"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget_event" ADD CONSTRAINT "budget_event_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budget"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The laws that Prisma cannot say ---------------------------------------------------------------------------------------------------

CREATE UNIQUE INDEX budget_named_once ON budget (organisation_id, name) WHERE ended_at IS NULL;
ALTER TABLE budget
  ADD CONSTRAINT budget_counts_something CHECK (CASE scope
    WHEN 'organisation' THEN key_id IS NULL AND label IS NULL
    WHEN 'key' THEN key_id IS NOT NULL AND label IS NULL
    WHEN 'label' THEN key_id IS NULL AND label IS NOT NULL
    ELSE false END),
  ADD CONSTRAINT budget_has_a_time CHECK (per IN ('day', 'month', 'all')),
  ADD CONSTRAINT budget_is_not_below_zero CHECK (amount_micros >= 0);
ALTER TABLE budget_period ADD CONSTRAINT budget_gets_back_no_more_than_was_taken CHECK (used_micros >= 0);
ALTER TABLE budget_entry ADD CONSTRAINT budget_entry_moves_something CHECK (amount_micros <> 0 AND sequence > 0);

CREATE FUNCTION refuse_other_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'budget %: what it counts stays as it was made, and it ends once', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER budget_stays BEFORE UPDATE ON budget FOR EACH ROW
  WHEN (to_jsonb(NEW) - '{amount_micros,ended_at}'::text[] <> to_jsonb(OLD) - '{amount_micros,ended_at}'::text[]
    OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at))
  EXECUTE FUNCTION refuse_other_budget();
CREATE TRIGGER budget_is_kept BEFORE DELETE OR TRUNCATE ON budget FOR EACH STATEMENT EXECUTE FUNCTION refuse_because('rows are never removed');
CREATE TRIGGER budget_entry_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON budget_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER budget_event_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON budget_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Tells the shares of a budget that are reached now and were not before, or the other way round: so each once, and again after it has fallen below.
CREATE FUNCTION tell_budget(told_id bigint, told_period integer, used_before bigint, amount_before bigint, used bigint, amount bigint) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO budget_event (budget_id, period, share, is_reached, used_micros, amount_micros)
    SELECT told_id, told_period, s.share, s.is_reached, used, amount
    FROM (
      SELECT share, used > 0 AND used::numeric * 100 >= amount::numeric * share AS is_reached,
        used_before > 0 AND used_before::numeric * 100 >= amount_before::numeric * share AS was_reached
      FROM unnest(ARRAY[50, 80, 100]) AS shares(share)
    ) AS s WHERE s.is_reached <> s.was_reached ORDER BY s.share
$$;

-- What entries take and give back is kept by period; the owners' wallets count the change. Their rows are locked by whoever writes entries.
CREATE FUNCTION book_budget_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO budget_period (budget_id, period) SELECT DISTINCT budget_id, period FROM fresh ORDER BY budget_id, period ON CONFLICT DO NOTHING;
  UPDATE budget_period p SET used_micros = p.used_micros + m.amount
    FROM (SELECT budget_id, period, sum(amount_micros)::bigint AS amount FROM fresh GROUP BY budget_id, period) AS m
    WHERE p.budget_id = m.budget_id AND p.period = m.period;
  UPDATE account a SET budget_changes = a.budget_changes + 1
    WHERE a.kind = 'wallet' AND a.organisation_id IN (SELECT b.organisation_id FROM budget b JOIN fresh f ON f.budget_id = b.id);
  RETURN NULL;
END $$;
CREATE TRIGGER budget_entry_is_booked AFTER INSERT ON budget_entry REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_budget_entries();

CREATE FUNCTION tell_budget_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  amount bigint := (SELECT b.amount_micros FROM budget b WHERE b.id = NEW.budget_id);
BEGIN
  PERFORM tell_budget(NEW.budget_id, NEW.period, OLD.used_micros, amount, NEW.used_micros, amount);
  RETURN NULL;
END $$;
CREATE TRIGGER budget_period_is_told AFTER UPDATE ON budget_period FOR EACH ROW EXECUTE FUNCTION tell_budget_period();

CREATE FUNCTION tell_budget_amount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_budget(p.budget_id, p.period, p.used_micros, OLD.amount_micros, p.used_micros, NEW.amount_micros) FROM budget_period p WHERE p.budget_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER budget_amount_is_told AFTER UPDATE OF amount_micros ON budget FOR EACH ROW EXECUTE FUNCTION tell_budget_amount();

-- A budget that is made, changed or ended counts as a change too: what was read before is not decided by any more.
CREATE FUNCTION count_budget_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE account SET budget_changes = budget_changes + 1 WHERE kind = 'wallet' AND organisation_id = NEW.organisation_id;
  RETURN NULL;
END $$;
CREATE TRIGGER budget_change_is_counted AFTER INSERT OR UPDATE ON budget FOR EACH ROW EXECUTE FUNCTION count_budget_change();
