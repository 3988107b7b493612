-- A refusal is kept as the market knows it (micro-credits; libs/log), and no longer as the API tells it. What is decided already is carried over; its
-- receipts, which are hashes of those rows, are dropped, and the worker writes them anew.
CREATE OR REPLACE FUNCTION pg_temp.kept_option(option json) RETURNS json LANGUAGE sql AS $$
  SELECT CASE WHEN option IS NOT NULL THEN json_build_object(
    'completion', option -> 'completion',
    'priceMicros', round((option ->> 'price')::numeric * 1000000)::text,
    'valueMicros', round((option ->> 'value')::numeric * 1000000)::text) END
$$;

ALTER TABLE decision DISABLE TRIGGER decision_is_immutable;
UPDATE decision SET reason = json_strip_nulls(json_build_object(
    'code', reason -> 'code',
    'detail', reason -> 'detail',
    'nearest', pg_temp.kept_option(reason -> 'nearest'),
    'cheapest', pg_temp.kept_option(reason -> 'cheapest'),
    'floor', pg_temp.kept_option(reason -> 'floor')))
  WHERE outcome = 'refused';
ALTER TABLE decision ENABLE TRIGGER decision_is_immutable;

ALTER TABLE receipt DISABLE TRIGGER receipt_is_immutable;
TRUNCATE receipt;
ALTER TABLE receipt ENABLE TRIGGER receipt_is_immutable;
