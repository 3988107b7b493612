-- Workers look some times a second for markets that learn: those are found without reading the others.
CREATE INDEX market_that_learns ON market (id) WHERE (terms -> 'prices' ->> 'kind') = 'learning';
