-- Written by `python -m schemas.external_tables bigquery`; a test keeps it current.
-- Replace LAKE by the address of the lake, for example gs://bucket/lake or s3://bucket/lake.

CREATE OR REPLACE EXTERNAL TABLE depeche.articles
WITH PARTITION COLUMNS (date DATE, source STRING)
OPTIONS (format = 'PARQUET', uris = ['LAKE/articles/*.parquet'],
  hive_partition_uri_prefix = 'LAKE/articles',
  require_hive_partition_filter = false, description = 'One row a version of an article: text, metadata, and where each value came from.',
  enable_list_inference = true);

CREATE OR REPLACE EXTERNAL TABLE depeche.entities
WITH PARTITION COLUMNS (date DATE, source STRING)
OPTIONS (format = 'PARQUET', uris = ['LAKE/entities/*.parquet'],
  hive_partition_uri_prefix = 'LAKE/entities',
  require_hive_partition_filter = false, description = 'One row a mention of a person, place, organisation, event, product, date, time or quantity.',
  enable_list_inference = true);

CREATE OR REPLACE EXTERNAL TABLE depeche.claims
WITH PARTITION COLUMNS (date DATE, source STRING)
OPTIONS (format = 'PARQUET', uris = ['LAKE/claims/*.parquet'],
  hive_partition_uri_prefix = 'LAKE/claims',
  require_hive_partition_filter = false, description = 'One row an attributed claim: who said what, with which words, and how the text stands to it.',
  enable_list_inference = true);

CREATE OR REPLACE EXTERNAL TABLE depeche.rejects
WITH PARTITION COLUMNS (date DATE, source STRING)
OPTIONS (format = 'PARQUET', uris = ['LAKE/rejects/*.parquet'],
  hive_partition_uri_prefix = 'LAKE/rejects',
  require_hive_partition_filter = false, description = 'One row a document that did not become an article, with the reason.',
  enable_list_inference = true);

CREATE OR REPLACE EXTERNAL TABLE depeche.feed_polls
WITH PARTITION COLUMNS (date DATE, source STRING)
OPTIONS (format = 'PARQUET', uris = ['LAKE/feed_polls/*.parquet'],
  hive_partition_uri_prefix = 'LAKE/feed_polls',
  require_hive_partition_filter = false, description = 'One row a request for a feed: the memory between polls.',
  enable_list_inference = true);
