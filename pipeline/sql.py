"""``python -m pipeline sql``: ask the tables in SQL, with DuckDB."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.options import DEFAULT_OUTPUT, UsageError
from pipeline.text_table import text_table
from schemas.tables import TABLES, Table


def open_lake(lake: str) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view a table; a table without files is there and empty.

    Raises:
        UsageError: when `lake` is no folder with tables.
    """
    if not any(Path(lake, table.name).is_dir() for table in TABLES):
        raise UsageError(f"no tables in {lake!r}: run python -m pipeline --output {lake} first, or give --lake FOLDER")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in TABLES:
        connection.execute(f"CREATE VIEW {table.name} AS {_select(lake, table)}")
    return connection


def _select(lake: str, table: Table) -> str:
    pattern = Path(lake, table.name, "date=*", "source=*", "part-*.parquet")
    if any(Path(lake).glob(str(pattern.relative_to(lake)))):
        quoted = str(pattern).replace("'", "''")
        return (
            f"SELECT * FROM read_parquet('{quoted}', hive_partitioning = true, "
            "hive_types = {'date': DATE, 'source': VARCHAR}, union_by_name = true)"
        )
    columns = [f'NULL::{_duckdb_type(field.type)} AS "{field.name}"' for field in table.schema]
    return f"SELECT {', '.join(columns)}, NULL::DATE AS date, NULL::VARCHAR AS source WHERE false"


def _duckdb_type(arrow_type: pa.DataType) -> str:
    return str(duckdb.connect().from_arrow(pa.table({"column": pa.array([], type=arrow_type)})).types[0])


def main(argv: Sequence[str]) -> int:
    """Print the answer to the query on the command line."""
    parser = argparse.ArgumentParser(prog="python -m pipeline sql", description="Ask the tables in SQL (DuckDB).")
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
