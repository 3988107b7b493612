-- The laws that Prisma cannot say (docs/architecture.md, "The data"). Each refuses by itself, whatever the programs do.

-- Organisations ---------------------------------------------------------------------------------------------------------------------

CREATE UNIQUE INDEX organisation_root_name_key ON organisation (name) WHERE parent_id IS NULL;
ALTER TABLE api_key ADD CONSTRAINT api_key_hash_is_sha256 CHECK (octet_length(hash) = 32);

-- Markets ---------------------------------------------------------------------------------------------------------------------------

ALTER TABLE market
  ALTER COLUMN resources SET NOT NULL,
  ADD CONSTRAINT market_has_slots CHECK (slot_minutes > 0 AND horizon_slots > 0 AND slot >= 0),
  ADD CONSTRAINT market_has_volumes CHECK (chunk_kb > 0 AND bandwidth_kb >= 0 AND cardinality(resources) > 0),
  ADD CONSTRAINT market_has_prices CHECK (unit_micros >= 0 AND reserve_micros >= 0),
  ADD CONSTRAINT market_sequence_counts CHECK (sequence >= 0);

ALTER TABLE market_lease ADD CONSTRAINT market_lease_epoch_counts CHECK (epoch > 0);
ALTER TABLE event ADD CONSTRAINT event_sequence_counts CHECK (sequence > 0);

ALTER TABLE site
  ALTER COLUMN capacity_milli SET NOT NULL,
  ADD CONSTRAINT site_ordinal_counts CHECK (ordinal >= 0),
  ADD CONSTRAINT site_capacity_not_negative CHECK (0 <= ALL (capacity_milli));

-- A log only grows and a clock only moves forward.
CREATE FUNCTION refuse_market_backwards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'market %: its log and its clock only move forward', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER market_moves_forward BEFORE UPDATE OF sequence, slot ON market FOR EACH ROW
  WHEN (NEW.sequence < OLD.sequence OR NEW.slot < OLD.slot) EXECUTE FUNCTION refuse_market_backwards();

-- Nothing is oversold: no element of what is used is below 0 or above its element of what there is (absent: 0).
CREATE FUNCTION within_capacity(used bigint[], capacity bigint[]) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF used IS NULL OR capacity IS NULL THEN RETURN false; END IF;
  FOR cell IN 1 .. cardinality(used) LOOP
    IF used[cell] IS NULL OR used[cell] < 0 OR used[cell] > coalesce(capacity[cell], 0) THEN RETURN false; END IF;
  END LOOP;
  RETURN true;
END $$;
ALTER TABLE slot_usage
  ALTER COLUMN used_milli SET NOT NULL,
  ALTER COLUMN capacity_milli SET NOT NULL,
  ADD CONSTRAINT slot_usage_nothing_oversold CHECK (within_capacity(used_milli, capacity_milli));

-- Bids and their answers ------------------------------------------------------------------------------------------------------------

ALTER TABLE bid ADD CONSTRAINT bid_request_hash_is_sha256 CHECK (octet_length(request_hash) = 32);
ALTER TABLE idempotency_record ADD CONSTRAINT idempotency_record_hash_is_sha256 CHECK (octet_length(request_hash) = 32);

ALTER TABLE decision
  ADD CONSTRAINT decision_sequence_counts CHECK (sequence > 0 AND epoch > 0 AND arrival_slot >= 0),
  ADD CONSTRAINT decision_payment_within_funds CHECK (payment_micros >= 0 AND (payment_micros = 0 OR payment_micros <= funds_micros)),
  ADD CONSTRAINT decision_is_whole CHECK (
    CASE outcome
      WHEN 'accepted' THEN completion IS NOT NULL AND completion >= arrival_slot AND value_micros IS NOT NULL AND payment_micros <= value_micros AND reason IS NULL
      ELSE completion IS NULL AND payment_micros = 0 AND reason IS NOT NULL
    END);

ALTER TABLE allocation ADD CONSTRAINT allocation_payment_not_negative CHECK (payment_micros >= 0);
ALTER TABLE placement
  ALTER COLUMN workers SET NOT NULL,
  ALTER COLUMN home SET NOT NULL,
  ALTER COLUMN moves SET NOT NULL,
  ADD CONSTRAINT placement_counts CHECK (slot >= 0 AND ps >= 0 AND amount_micros >= 0 AND 0 <= ALL (workers) AND 0 <= ALL (home) AND cardinality(moves) % 3 = 0);

-- The ledger ------------------------------------------------------------------------------------------------------------------------

ALTER TABLE account ADD CONSTRAINT account_only_funding_is_negative CHECK (kind = 'funding' OR balance_micros >= 0);

ALTER TABLE transfer
  ADD CONSTRAINT transfer_amount_positive CHECK (amount_micros > 0),
  ADD CONSTRAINT transfer_accounts_differ CHECK (debit_account_id <> credit_account_id),
  ADD CONSTRAINT transfer_says_what_for CHECK (
    CASE kind
      WHEN 'deposit' THEN market_id IS NULL AND bid_id IS NULL AND slot IS NULL
      WHEN 'hold' THEN market_id IS NOT NULL AND bid_id IS NOT NULL AND slot IS NULL
      ELSE market_id IS NOT NULL AND bid_id IS NOT NULL AND slot IS NOT NULL
    END);
CREATE UNIQUE INDEX transfer_one_hold_per_bid ON transfer (bid_id) WHERE kind = 'hold';
CREATE UNIQUE INDEX transfer_slot_ends_once ON transfer (bid_id, slot) WHERE kind IN ('capture', 'void');
ALTER TABLE entry ADD CONSTRAINT entry_moves_something CHECK (amount_micros <> 0);

-- Books a statement's transfers: two entries each, and the balances, for all of them at once.
-- Accounts are locked in the order of their ids, with the wallets of their organisations: whoever books for an organisation waits for
-- whoever booked before, so that positions, given under those locks, become visible in their order.
CREATE FUNCTION book_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stray bigint;
BEGIN
  PERFORM FROM account a
    WHERE a.id IN (SELECT debit_account_id FROM fresh UNION SELECT credit_account_id FROM fresh)
      OR a.kind = 'wallet' AND a.organisation_id IN (
        SELECT o.organisation_id FROM account o JOIN fresh ON o.id IN (fresh.debit_account_id, fresh.credit_account_id))
    ORDER BY a.id FOR NO KEY UPDATE;

  SELECT min(t.id) INTO stray FROM fresh t
    JOIN account d ON d.id = t.debit_account_id
    JOIN account c ON c.id = t.credit_account_id
    WHERE (d.kind, c.kind) <> (CASE t.kind
        WHEN 'deposit' THEN ROW ('funding'::account_kind, 'wallet'::account_kind)
        WHEN 'hold' THEN ROW ('wallet'::account_kind, 'escrow'::account_kind)
        WHEN 'capture' THEN ROW ('escrow'::account_kind, 'revenue'::account_kind)
        ELSE ROW ('escrow'::account_kind, 'wallet'::account_kind) END)
      OR t.kind IN ('hold', 'void') AND d.organisation_id <> c.organisation_id;
  IF stray IS NOT NULL THEN
    RAISE EXCEPTION 'transfer %: not between the accounts of its kind', stray USING ERRCODE = 'check_violation';
  END IF;

  INSERT INTO entry (transfer_id, account_id, amount_micros)
    SELECT t.id, side.account_id, side.amount FROM fresh t,
      LATERAL (VALUES (t.debit_account_id, -t.amount_micros), (t.credit_account_id, t.amount_micros)) AS side (account_id, amount)
    ORDER BY t.id, side.amount;

  UPDATE account a SET balance_micros = a.balance_micros + moved.amount
    FROM (
      SELECT side.account_id, sum(side.amount)::bigint AS amount FROM fresh t,
        LATERAL (VALUES (t.debit_account_id, -t.amount_micros), (t.credit_account_id, t.amount_micros)) AS side (account_id, amount)
      GROUP BY side.account_id
    ) AS moved
    WHERE a.id = moved.account_id;
  RETURN NULL;
END $$;
CREATE TRIGGER transfer_is_booked AFTER INSERT ON transfer REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION book_transfers();

-- Entries and balances come from transfers only. Within a trigger's own statements the depth is two or more.
CREATE FUNCTION refuse_booking_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION '%: entries and balances are written by transfers only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_comes_from_transfer BEFORE INSERT ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_booking_by_hand();
CREATE TRIGGER account_moves_by_transfer BEFORE UPDATE ON account FOR EACH STATEMENT EXECUTE FUNCTION refuse_booking_by_hand();

CREATE FUNCTION refuse_opening_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'account: opens with nothing' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER account_opens_empty BEFORE INSERT ON account FOR EACH ROW WHEN (NEW.balance_micros <> 0) EXECUTE FUNCTION refuse_opening_balance();

-- What has been written stays ------------------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%: rows are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER bid_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON bid FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocation_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER placement_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON placement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfer_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_is_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
