-- advance-clock: moves a market's clock forward, as the next entry of its log, and books what the slots that have run by then have earned: one
-- capture for each accepted bid and slot. One call, so that the market and its bidders' accounts are locked for as long as that takes, and not
-- for as long as a busy caller needs to say the next thing. Each statement below sees what was committed before the market was locked.
-- Input:  market, slot. Output: the slot before (null: no such market); the sequence (null: the clock stood there, or further on).
-- Events: clock_advanced {from, slot}.
-- Retry:  safe: the clock stands there then.
CREATE OR REPLACE FUNCTION advance_clock(moving_id bigint, to_slot integer, OUT slot_before integer, OUT sequence_after bigint) LANGUAGE plpgsql AS $$
DECLARE
  operator_id bigint;
BEGIN
  SELECT m.slot, m.organisation_id INTO slot_before, operator_id FROM market m WHERE m.id = moving_id FOR NO KEY UPDATE;
  IF slot_before IS NULL OR slot_before >= to_slot THEN RETURN; END IF;
  UPDATE market m SET slot = to_slot, sequence = m.sequence + 1 WHERE m.id = moving_id RETURNING m.sequence INTO sequence_after;
  PERFORM append_entries(ARRAY[moving_id], ARRAY[sequence_after], ARRAY['clock_advanced'], ARRAY[1::smallint], ARRAY[NULL::bigint],
    ARRAY[json_build_object('from', slot_before, 'slot', to_slot)], NULL);
  INSERT INTO transfer (kind, debit_account_id, credit_account_id, amount_micros, market_id, bid_id, slot)
    SELECT 'capture', escrow.id, revenue.id, p.amount_micros, p.market_id, p.bid_id, p.slot
    FROM placement p
    JOIN bid b ON b.id = p.bid_id
    JOIN account escrow ON escrow.organisation_id = b.organisation_id AND escrow.kind = 'escrow'
    JOIN account revenue ON revenue.organisation_id = operator_id AND revenue.kind = 'revenue'
    WHERE p.market_id = moving_id AND p.slot >= slot_before AND p.slot < to_slot AND p.amount_micros > 0
    ORDER BY p.slot, p.bid_id;
END $$;
