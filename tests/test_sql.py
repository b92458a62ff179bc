"""Asking the tables: views with fixed types, answers as text."""

import pytest
from support import article

from pipeline.options import UsageError
from pipeline.sql import answer, open_lake
from pipeline.text_table import text_table
from schemas.partition import Partition
from schemas.tables import ARTICLES, TABLES
from transforms.lake import write_batch


@pytest.fixture
def lake(tmp_path):
    row = article()
    write_batch(str(tmp_path), Partition(row.date, row.source), ARTICLES, "part-x.parquet", [row])
    return open_lake(str(tmp_path))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_open_lake__has_every_table_with_its_columns(lake, table):
    columns = [name for name, *_ in lake.sql(f"DESCRIBE {table.name}").fetchall()]
    assert columns == [*table.schema.names, "date", "source"]


def test_open_lake__types_of_a_table_without_files_are_those_of_its_schema(lake):
    types = dict(row[:2] for row in lake.sql("DESCRIBE claims").fetchall())
    assert types["entities"] == "VARCHAR[]"
    assert types["start"] == "BIGINT"
    assert types["date"] == "DATE"
    assert dict(row[:2] for row in lake.sql("DESCRIBE rejects").fetchall())["fetched_at"] == "TIMESTAMP WITH TIME ZONE"


def test_open_lake__of_another_folder__names_it(tmp_path):
    with pytest.raises(UsageError, match="no tables in"):
        open_lake(str(tmp_path))


def test_answer__shows_the_rows(lake):
    assert answer(lake, "SELECT source, word_count AS words FROM articles") == (
        "source         words\n-------------  -----\nquais.example      4"
    )


def test_answer__to_a_bad_query__is_a_usage_error(lake):
    with pytest.raises(UsageError, match=r"cannot be answered: .*no_such_column"):
        answer(lake, "SELECT no_such_column FROM articles")


def test_text_table__aligns_and_rules_off_the_total():
    rows = [("a", 1, ["x", "y"]), ("total", 10, None)]
    assert text_table(("name", "n", "list"), rows, total=True) == (
        "name    n  list\n-----  --  ----\na       1  x, y\n-----  --  ----\ntotal  10"
    )
