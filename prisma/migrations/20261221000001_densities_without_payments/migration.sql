-- What an accepted bid paid no longer counts for a level: at a level that fakes have made it proves nothing.
ALTER TABLE "bid_density" DROP CONSTRAINT "density_is_positive";
ALTER TABLE "bid_density" DROP COLUMN "paid_micros";
ALTER TABLE "bid_density" ADD CONSTRAINT "density_is_positive" CHECK (level_micros > 0 AND slots > 0 AND weight > 0);

-- Markets that learn have left their opening, and cap nobody's share.
UPDATE "market" SET terms = jsonb_set(terms, '{prices}', (terms -> 'prices') || '{"opening": false, "shareCap": 100}'::jsonb)
  WHERE terms -> 'prices' ->> 'kind' = 'learning' AND NOT (terms -> 'prices') ? 'opening';
