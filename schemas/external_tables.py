"""The tables as other engines declare them: external tables over the same files, written from the schemas.

python -m schemas.external_tables bigquery > sql/bigquery/tables.sql (and spark, trino)
"""

import sys
from collections.abc import Callable

import pyarrow as pa

from schemas.tables import TABLES, Table

LAKE = "LAKE"
"""Stands for the lake's address in what is written: replace it (``sed s,LAKE,gs://bucket/lake,``)."""

_SPARK = {"string": "STRING", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "binary": "BINARY"}
_TRINO = {"string": "VARCHAR", "int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "binary": "VARBINARY"}


def bigquery(table: Table) -> str:
    """BigQuery reads the columns from the files and the partitions from the folders."""
    return (
        f"CREATE OR REPLACE EXTERNAL TABLE depeche.{table.name}\n"
        "WITH PARTITION COLUMNS (date DATE, source STRING)\n"
        f"OPTIONS (format = 'PARQUET', uris = ['{LAKE}/{table.name}/*.parquet'],\n"
        f"  hive_partition_uri_prefix = '{LAKE}/{table.name}',\n"
        f"  require_hive_partition_filter = false, description = {_quoted(table.purpose)},\n"
        "  enable_list_inference = true);"
    )


def spark(table: Table) -> str:
    """Spark SQL; new partitions are found by MSCK REPAIR TABLE."""
    columns = [f"  `{f.name}` {_spark_type(f.type)} COMMENT {_quoted(_meaning(f))}" for f in table.schema]
    columns += ["  `date` DATE", "  `source` STRING"]
    return (
        f"CREATE TABLE IF NOT EXISTS {table.name} (\n" + ",\n".join(columns) + "\n)\n"
        f"USING PARQUET PARTITIONED BY (`date`, `source`) LOCATION '{LAKE}/{table.name}';\n"
        f"MSCK REPAIR TABLE {table.name};"
    )


def trino(table: Table) -> str:
    """Trino's Hive connector; partition columns come last."""
    columns = [f'  "{f.name}" {_trino_type(f.type)} COMMENT {_quoted(_meaning(f))}' for f in table.schema]
    columns += ['  "date" DATE', '  "source" VARCHAR']
    return (
        f"CREATE TABLE IF NOT EXISTS depeche.{table.name} (\n" + ",\n".join(columns) + "\n)\n"
        f"WITH (format = 'PARQUET', external_location = '{LAKE}/{table.name}', "
        "partitioned_by = ARRAY['date', 'source']);\n"
        f"CALL system.sync_partition_metadata('depeche', '{table.name}', 'ADD');"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "’") + "'"


def _meaning(field: pa.Field) -> str:
    return str(field.metadata[b"description"].decode())


def _spark_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"ARRAY<{_spark_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return "STRUCT<" + ", ".join(f"`{f.name}`: {_spark_type(f.type)}" for f in kind) + ">"
    return "TIMESTAMP" if pa.types.is_timestamp(kind) else _SPARK[str(kind)]


def _trino_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"ARRAY({_trino_type(kind.value_type)})"
    if pa.types.is_struct(kind):
        return "ROW(" + ", ".join(f'"{f.name}" {_trino_type(f.type)}' for f in kind) + ")"
    return "TIMESTAMP(6)" if pa.types.is_timestamp(kind) else _TRINO[str(kind)]


ENGINES: dict[str, Callable[[Table], str]] = {"bigquery": bigquery, "spark": spark, "trino": trino}


def script(engine: str) -> str:
    """All tables for one of `ENGINES`."""
    head = f"-- Written by `python -m schemas.external_tables {engine}`; a test keeps it current.\n"
    head += f"-- Replace {LAKE} by the address of the lake, for example gs://bucket/lake or s3://bucket/lake.\n"
    return head + "".join(f"\n{ENGINES[engine](table)}\n" for table in TABLES)


if __name__ == "__main__":
    print(script(sys.argv[1]), end="")
