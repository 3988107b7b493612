-- Tables that every bid adds a row to, and that nothing changes: under load they had grown by a tenth at every look of the autovacuum and were read
-- and analysed again every few seconds. Their statistics do not change with that, and there is nothing dead in them.
ALTER TABLE bid SET (autovacuum_analyze_threshold = 50000, autovacuum_vacuum_insert_threshold = 100000);
ALTER TABLE decision SET (autovacuum_analyze_threshold = 50000, autovacuum_vacuum_insert_threshold = 100000);
ALTER TABLE event SET (autovacuum_analyze_threshold = 50000, autovacuum_vacuum_insert_threshold = 100000);
ALTER TABLE receipt SET (autovacuum_analyze_threshold = 50000, autovacuum_vacuum_insert_threshold = 100000);
