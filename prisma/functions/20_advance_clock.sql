-- advance-clock: moves a market's clock forward, as the next entry of its log. What each slot costs that has run by then is retained: a transfer for each
-- accepted bid and slot. What is retained of a bid whose last slot has run is earned: a transfer for each such bid. One call, so that the market and its
-- bidders' accounts are locked for as long as that takes, and not for as long as a busy caller needs to say the next thing. Each statement below sees
-- what was committed before the market was locked.
-- Of each bid the plan counts that is in force. While those are dealt with whom a window has hit, the clock stands still: what was taken of them does not run.
-- Input:  market, slot. Output: the slot before (null: no such market); the sequence (null: the clock stood there or further on, or stands still).
-- Events: clock_advanced {from, slot}, and what prices become with it (post-prices).
-- Retry:  safe: the clock stands there then.
CREATE OR REPLACE FUNCTION advance_clock(moving_id bigint, to_slot integer, OUT slot_before integer, OUT sequence_after bigint) LANGUAGE plpgsql AS $$
DECLARE
  operator_id bigint;
BEGIN
  SELECT m.slot, m.organisation_id INTO slot_before, operator_id FROM market m WHERE m.id = moving_id FOR NO KEY UPDATE;
  IF slot_before IS NULL OR slot_before >= to_slot THEN RETURN; END IF;
  IF EXISTS (SELECT FROM market_window w WHERE w.market_id = moving_id AND w.settled_sequence IS NULL) THEN RETURN; END IF;
  -- An operator that a process of 0.2.0 made has no such account yet.
  INSERT INTO account (organisation_id, kind) SELECT operator_id, 'retained'
    WHERE NOT EXISTS (SELECT FROM account a WHERE a.organisation_id = operator_id AND a.kind = 'retained') ON CONFLICT DO NOTHING;
  UPDATE market m SET slot = to_slot, sequence = m.sequence + 1 WHERE m.id = moving_id RETURNING m.sequence INTO sequence_after;
  PERFORM append_entries(ARRAY[moving_id], ARRAY[sequence_after], ARRAY['clock_advanced'], ARRAY[2::smallint], ARRAY[NULL::bigint],
    ARRAY[json_build_object('from', slot_before, 'slot', to_slot)], NULL);
  INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot, sequence)
    SELECT 'retain', escrow.id, retained.id, p.amount_micros, p.market_id, p.bid_id, p.slot, sequence_after
    FROM placement p
    JOIN bid b ON b.id = p.bid_id
    JOIN account escrow ON escrow.organisation_id = b.organisation_id AND escrow.kind = 'escrow'
    JOIN account retained ON retained.organisation_id = operator_id AND retained.kind = 'retained'
    WHERE p.market_id = moving_id AND p.slot >= slot_before AND p.slot < to_slot AND p.amount_micros > 0
      AND p.revision = (SELECT count(*) FROM allocation_revision r WHERE r.bid_id = p.bid_id)
      AND NOT EXISTS (SELECT FROM allocation_end x WHERE x.bid_id = p.bid_id)
    ORDER BY p.slot, p.bid_id;
  INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot, sequence)
    SELECT 'earn', retained.id, revenue.id, kept.amount, moving_id, ended.bid_id, ended.slot, sequence_after
    FROM (
      SELECT p.bid_id, max(p.slot) AS slot FROM placement p
      WHERE p.market_id = moving_id AND p.slot >= slot_before AND p.slot < to_slot
        AND p.revision = (SELECT count(*) FROM allocation_revision r WHERE r.bid_id = p.bid_id)
        AND NOT EXISTS (SELECT FROM allocation_end x WHERE x.bid_id = p.bid_id)
        AND NOT EXISTS (SELECT FROM placement l WHERE l.bid_id = p.bid_id AND l.revision = p.revision AND l.slot >= to_slot)
      GROUP BY p.bid_id
    ) AS ended
    CROSS JOIN LATERAL (
      SELECT (SELECT coalesce(sum(t.amount_micros), 0) FROM transfer t WHERE t.bid_id = ended.bid_id AND t.kind = 'retain')::bigint
        - (SELECT coalesce(sum(t.amount_micros), 0) FROM transfer t WHERE t.bid_id = ended.bid_id AND t.kind = 'refund')::bigint AS amount
    ) AS kept
    JOIN account retained ON retained.organisation_id = operator_id AND retained.kind = 'retained'
    JOIN account revenue ON revenue.organisation_id = operator_id AND revenue.kind = 'revenue'
    WHERE kept.amount > 0
    ORDER BY ended.bid_id;
  PERFORM post_prices(moving_id);
END $$;
