-- What a slot that has run costs is retained until the job is complete, and earned then (docs/lifecycle.md). Captures that were made until now stay what
-- they are: the entries of the log that made them have the version 1 of their type, and are verified by the rule of that version. Of allocations that run
-- at this moment, the slots to come follow the new rule.
-- Where rows were copied into this database the counter of ids may stand behind them.
LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE;
SELECT setval(pg_get_serial_sequence('account', 'id'), greatest(nextval(pg_get_serial_sequence('account', 'id')), (SELECT max(id) FROM account)))
  WHERE EXISTS (SELECT FROM account);
INSERT INTO account (organisation_id, kind)
  SELECT o.id, 'retained' FROM organisation o WHERE NOT EXISTS (SELECT FROM account a WHERE a.organisation_id = o.id AND a.kind = 'retained');

-- Transfers that an entry of a log has made, beside holds and captures, which are found by their bid, name it.
ALTER TABLE "transfer" ADD COLUMN "sequence" BIGINT;
CREATE INDEX transfer_of_entry ON transfer (market_id, sequence) WHERE sequence IS NOT NULL;
ALTER TABLE transfer
  ADD CONSTRAINT transfer_names_its_entry CHECK (CASE
    WHEN kind IN ('deposit', 'hold', 'capture') THEN sequence IS NULL
    WHEN kind = 'void' THEN true
    ELSE sequence IS NOT NULL END),
  ADD CONSTRAINT transfer_sequence_counts CHECK (sequence > 0);

-- A slot ends once, and a job is complete once; what an entry of the log gives back may go in several steps.
DROP INDEX transfer_slot_ends_once;
CREATE UNIQUE INDEX transfer_slot_ends_once ON transfer (bid_id, slot) WHERE kind IN ('capture', 'retain') OR (kind = 'void' AND sequence IS NULL);
CREATE INDEX transfer_returned ON transfer (bid_id) WHERE kind IN ('void', 'refund');
CREATE UNIQUE INDEX transfer_earned_once ON transfer (bid_id) WHERE kind = 'earn';

CREATE OR REPLACE FUNCTION book_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHEN 'retain' THEN ROW ('escrow'::account_kind, 'retained'::account_kind)
        WHEN 'earn' THEN ROW ('retained'::account_kind, 'revenue'::account_kind)
        WHEN 'refund' THEN ROW ('retained'::account_kind, 'wallet'::account_kind)
        ELSE ROW ('escrow'::account_kind, 'wallet'::account_kind) END)
      OR t.kind IN ('hold', 'void', 'earn') AND d.organisation_id <> c.organisation_id;
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
