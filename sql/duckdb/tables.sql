-- The tables for DuckDB without Python. Replace LAKE by the lake's folder or address, then run this and views.sql.
-- articles is read with what belongs to committed batches only: entities and claims of others are left out.
CREATE OR REPLACE VIEW articles AS
SELECT * FROM read_parquet('LAKE/articles/date=*/source=*/part-*.parquet', hive_partitioning = true, union_by_name = true);
CREATE OR REPLACE VIEW entities AS
SELECT * FROM read_parquet('LAKE/entities/date=*/source=*/part-*.parquet', hive_partitioning = true, union_by_name = true)
SEMI JOIN articles USING (version_id);
CREATE OR REPLACE VIEW claims AS
SELECT * FROM read_parquet('LAKE/claims/date=*/source=*/part-*.parquet', hive_partitioning = true, union_by_name = true)
SEMI JOIN articles USING (version_id);
CREATE OR REPLACE VIEW rejects AS
SELECT * FROM read_parquet('LAKE/rejects/date=*/source=*/part-*.parquet', hive_partitioning = true, union_by_name = true);
