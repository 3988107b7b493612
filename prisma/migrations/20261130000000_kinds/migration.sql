-- A plan is stored with its allocation, as JSON in the form of the kind of job that it is for (libs/kinds); a placement keeps what every kind has: the
-- slot, what it costs, and which plan of the bid it belongs to. What is there is carried over: all of it is training. Receipts are hashes of those rows:
-- they are dropped, and the worker writes them anew.
ALTER TABLE "allocation" ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'training', ADD COLUMN "plan" JSON;
ALTER TABLE "allocation" ALTER COLUMN "kind" DROP DEFAULT;

ALTER TABLE allocation DISABLE TRIGGER allocation_is_immutable;
UPDATE allocation a SET plan = coalesce((
  SELECT json_agg(json_build_object('slot', p.slot, 'ps', p.ps, 'workers', p.workers, 'moves', (
      SELECT coalesce(json_agg(json_build_array(p.moves[3 * n + 1], p.moves[3 * n + 2], p.moves[3 * n + 3]) ORDER BY n), '[]')
      FROM generate_series(0, cardinality(p.moves) / 3 - 1) AS n
    ), 'home', p.home) ORDER BY p.slot)
  FROM placement p WHERE p.bid_id = a.bid_id), '[]');
ALTER TABLE allocation ENABLE TRIGGER allocation_is_immutable;
ALTER TABLE "allocation" ALTER COLUMN "plan" SET NOT NULL;

ALTER TABLE placement DROP CONSTRAINT placement_counts;
ALTER TABLE "placement" DROP CONSTRAINT "placement_pkey",
  DROP COLUMN "ps", DROP COLUMN "workers", DROP COLUMN "home", DROP COLUMN "moves",
  ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 0,
  ADD CONSTRAINT "placement_pkey" PRIMARY KEY ("bid_id", "revision", "slot");
ALTER TABLE placement ADD CONSTRAINT placement_counts CHECK (revision >= 0 AND slot >= 0 AND amount_micros >= 0);

ALTER TABLE receipt DISABLE TRIGGER receipt_is_immutable;
TRUNCATE receipt;
ALTER TABLE receipt ENABLE TRIGGER receipt_is_immutable;
