-- The history of a market's learnt level is read without the rest of its log.
CREATE INDEX event_of_level ON event (market_id, sequence) WHERE kind = 'prices_changed';
