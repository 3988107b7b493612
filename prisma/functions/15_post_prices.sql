-- post-prices: what prices become as a market's clock has moved, as the next entry of its log: by the rule that the operator has named to come next, else at
-- the level that was prepared for this slot. The caller holds the market's row, and nothing is decided in the slot yet.
-- Input:  market. Output: none.
-- Events: terms_changed {terms}, or prices_changed {…} with how many decided bids are not measured by then; none where prices stay.
-- Retry:  safe: the terms are other ones then.
CREATE OR REPLACE FUNCTION post_prices(moved_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  told_kind text;
  told_payload json;
  before jsonb;
  after jsonb;
  posted bigint;
BEGIN
  SELECT m.terms INTO before FROM market m WHERE m.id = moved_id;
  IF before ? 'next' THEN
    told_kind := 'terms_changed';
    after := (before - 'next') || jsonb_build_object('prices', before -> 'next');
    told_payload := json_build_object('terms', after);
  ELSE
    told_kind := 'prices_changed';
    SELECT l.prepared -> 'after', (l.prepared -> 'payload' || jsonb_build_object('left', (
        SELECT count(*) FROM event e WHERE e.market_id = moved_id AND e.sequence > l.through AND e.kind IN ('bid_accepted', 'bid_refused'))))::json
      INTO after, told_payload
      FROM price_learning l JOIN market m ON m.id = l.market_id
      WHERE l.market_id = moved_id AND l.prepared_slot = m.slot AND l.prepared -> 'before' = before AND m.status <> 'closed';
    IF after IS NULL THEN RETURN; END IF;
  END IF;
  UPDATE market m SET terms = after, sequence = m.sequence + 1 WHERE m.id = moved_id RETURNING m.sequence INTO posted;
  PERFORM append_entries(ARRAY[moved_id], ARRAY[posted], ARRAY[told_kind], ARRAY[2::smallint], ARRAY[NULL::bigint], ARRAY[told_payload], NULL);
END $$;
