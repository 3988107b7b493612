-- By what a market's bids are decided is one value (libs/log, MarketTerms): policy, version of the oracle, and the rule of its prices. The log tells it
-- as the market opens, and whenever it changes. Markets that are there have the paper's rule, and the oracle that has decided them. Their receipts,
-- which are hashes of the rows that change here, are dropped, and the worker writes them anew.
ALTER TABLE "market" ADD COLUMN "terms" JSONB;
UPDATE market SET terms = jsonb_build_object(
  'policy', 'eris',
  'oracle', 'default/3',
  'prices', jsonb_build_object('kind', 'paper', 'gamma', gamma, 'unit', unit_micros::text, 'reserve', reserve_micros::text));
ALTER TABLE "market"
  ALTER COLUMN "terms" SET NOT NULL,
  DROP CONSTRAINT market_has_prices,
  DROP COLUMN "gamma",
  DROP COLUMN "unit_micros",
  DROP COLUMN "reserve_micros",
  ADD CONSTRAINT market_has_terms CHECK (
    (terms ?& '{policy,oracle,prices}' AND jsonb_typeof(terms -> 'prices' -> 'kind') = 'string') IS TRUE);

ALTER TABLE event DISABLE TRIGGER event_is_immutable;
UPDATE event e SET payload = json_build_object('name', e.payload -> 'name', 'clock', e.payload -> 'clock', 'terms', m.terms)
  FROM market m WHERE m.id = e.market_id AND e.kind = 'market_opened';
ALTER TABLE event ENABLE TRIGGER event_is_immutable;

ALTER TABLE receipt DISABLE TRIGGER receipt_is_immutable;
TRUNCATE receipt;
ALTER TABLE receipt ENABLE TRIGGER receipt_is_immutable;
