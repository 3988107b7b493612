-- has-decided-in-slot: whether a bid was decided since a market's clock moved last, or since the market was opened. Prices of a slot are other ones only where
-- none was. It reads the log backwards, and no further than to the first entry that tells.
-- Input:  market. Output: yes or no.
-- Events: none.
-- Retry:  safe; it reads.
CREATE OR REPLACE FUNCTION has_decided_in_slot(asked_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce((
    SELECT e.kind <> 'clock_advanced' FROM event e
    WHERE e.market_id = asked_id AND e.kind IN ('clock_advanced', 'bid_accepted', 'bid_refused')
    ORDER BY e.sequence DESC LIMIT 1), false)
$$;
