-- The log keeps what happened as the market knows it (ids, milli-units, micro-credits; libs/log), and no longer as the API tells it. Entries carry
-- the version of their format. What is written already is carried over; its receipts, which are hashes of those rows, are dropped, and the worker
-- writes them anew.
ALTER TABLE "event" ADD COLUMN "version" SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE "event" ALTER COLUMN "version" DROP DEFAULT;

ALTER TABLE event DISABLE TRIGGER event_is_immutable;
UPDATE event SET payload = json_build_object(
    'siteId', payload -> 'siteId',
    'name', payload -> 'name',
    'capacityMilli', (SELECT coalesce(json_object_agg(key, round(value::numeric * 1000)::bigint), '{}') FROM json_each_text(payload -> 'capacity')))
  WHERE kind IN ('site_added', 'capacity_changed');
UPDATE event SET payload = json_build_object(
    'bidId', payload -> 'bidId',
    'completion', payload -> 'completion',
    'paymentMicros', round((payload ->> 'payment')::numeric * 1000000)::bigint::text)
  WHERE kind = 'bid_accepted';
UPDATE event SET payload = json_build_object('bidId', payload -> 'bidId', 'code', payload -> 'reason') WHERE kind = 'bid_refused';
ALTER TABLE event ENABLE TRIGGER event_is_immutable;

ALTER TABLE receipt DISABLE TRIGGER receipt_is_immutable;
TRUNCATE receipt;
ALTER TABLE receipt ENABLE TRIGGER receipt_is_immutable;
