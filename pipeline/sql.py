"""``python -m pipeline sql``: ask the tables in SQL, with DuckDB."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.options import DEFAULT_OUTPUT, UsageError
from pipeline.text_table import text_table
from schemas.tables import ARTICLES, CLAIMS, ENTITIES, FEED_POLLS, REJECTS, TABLES, Table
from schemas.version import check_version

VIEWS = Path(__file__).resolve().parents[1] / "sql" / "duckdb" / "views.sql"
_ARTICLES_FIRST = (ARTICLES, ENTITIES, CLAIMS, REJECTS, FEED_POLLS)
"""A batch's articles are written last. Listed first, no article is seen without its entities and claims."""


def open_lake(lake: str) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view a table, and those of ``sql/duckdb/views.sql``.

    The tables are those files that are there now: what a run adds meanwhile is not seen, and no batch is seen in
    part. A table without files is there and empty. If a compaction replaces files before a query reads them, the
    query fails; the lake has to be opened again.

    Raises:
        UsageError: when `lake` is no folder with tables.
        OtherSchemaVersionError: when another release wrote it.
    """
    if not any(Path(lake, table.name).is_dir() for table in TABLES):
        raise UsageError(f"no tables in {lake!r}: run python -m pipeline --output {lake} first, or give --lake FOLDER")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in _ARTICLES_FIRST:
        files = sorted(str(path) for path in Path(lake, table.name).glob("date=*/source=*/part-*.parquet"))
        for file in files[:1]:  # each file's footer would take a millisecond
            check_version(pq.read_schema(file), lake)
        connection.execute(f"SET VARIABLE {table.name}_files = $files", {"files": files})
        connection.execute(f"CREATE VIEW {table.name} AS {_select(table) if files else _nothing(table)}")
    connection.execute(VIEWS.read_text(encoding="utf-8"))
    return connection


def _select(table: Table) -> str:
    # A batch that was interrupted has entities and claims, but no articles yet: it is not committed.
    committed = " SEMI JOIN articles USING (version_id)" if table in (ENTITIES, CLAIMS) else ""
    return (
        f"SELECT * FROM read_parquet(getvariable('{table.name}_files'), hive_partitioning = true, "
        f"hive_types = {{'date': DATE, 'source': VARCHAR}}, union_by_name = true){committed}"
    )


def _nothing(table: Table) -> str:
    columns = [f'NULL::{_duckdb_type(field.type)} AS "{field.name}"' for field in table.schema]
    return f"SELECT {', '.join(columns)}, NULL::DATE AS date, NULL::VARCHAR AS source WHERE false"


def _duckdb_type(arrow_type: pa.DataType) -> str:
    return str(duckdb.connect().from_arrow(pa.table({"column": pa.array([], type=arrow_type)})).types[0])


def main(argv: Sequence[str]) -> int:
    """Print the answer to the query on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline sql",
        description="Ask the tables in SQL (DuckDB). Tables: articles, entities, claims, rejects, feed_polls. Views: "
        "latest_articles, original_articles, copies, claims_with_sources, entities_per_day, rejects_by_reason. "
        "Columns: DESCRIBE articles, or docs/tables.md; questions to start from: docs/queries.md.",
    )
    parser.add_argument("query", help="for example: SELECT source, count(*) FROM articles GROUP BY source")
    parser.add_argument("--lake", default=DEFAULT_OUTPUT, help="root folder of the tables (default: %(default)s)")
    values = parser.parse_args(argv)
    print(answer(open_lake(values.lake), values.query))
    return 0


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """The rows that `query` gives, as text.

    Raises:
        UsageError: when DuckDB cannot run it, with DuckDB's reason.
    """
    try:
        relation = connection.sql(query)
        return "" if relation is None else text_table(relation.columns, relation.fetchall())
    except duckdb.Error as error:
        raise UsageError(f"the query cannot be answered: {error}") from error
