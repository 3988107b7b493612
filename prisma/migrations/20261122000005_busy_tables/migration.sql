-- Tables in which every bid leaves a dead row: cleaned as soon as a few thousand are there, not once a fifth of the table is dead, and without
-- pauses in between (they are small).
ALTER TABLE undecided_bid SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
-- Rows that are updated in place again and again: room for the new version on the same page, so that no index has to be touched.
ALTER TABLE account SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE market SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE market_lease SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE slot_usage SET (fillfactor = 70);
