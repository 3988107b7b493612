-- append-entries: the only way into a market's log. The caller holds the markets' rows, and has moved their sequences to the entries' last.
-- Input:  per entry its market, sequence, kind, version, owner (null: every member of the market reads it) and payload; what is said beside the
--         sequences when the markets are announced ('decided': bids were).
-- Output: how many entries.
-- Events: those entries; one notification per market, at the end of the transaction (libs/persistence/src/postgres/channel.ts).
-- Retry:  a second entry of the same number breaks the primary key.
CREATE OR REPLACE FUNCTION append_entries(
  market_ids bigint[], sequences bigint[], kinds text[], versions smallint[], organisation_ids bigint[], payloads json[], remark text
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  appended integer;
  channel text := CASE current_schema() WHEN 'public' THEN 'eris_market' ELSE 'eris_market.' || current_schema() END;
BEGIN
  INSERT INTO event (market_id, sequence, kind, version, organisation_id, payload)
    SELECT * FROM unnest(market_ids, sequences, kinds, versions, organisation_ids, payloads);
  GET DIAGNOSTICS appended = ROW_COUNT;
  PERFORM pg_notify(channel, concat_ws(':', market_id, max(sequence), remark))
    FROM unnest(market_ids, sequences) AS e(market_id, sequence) GROUP BY market_id ORDER BY market_id;
  RETURN appended;
END $$;
