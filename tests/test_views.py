"""The views and the written questions, on a lake; the other engines' tables as far as a parser tells."""

import re
from datetime import timedelta

import duckdb
import pytest
import sqlglot
from support import REPOSITORY, article
from test_duplicates import MONDAY
from test_lake import PARTITION, claim, mention

from pipeline.cli import main
from pipeline.sql import open_lake
from schemas.external_tables import ENGINES, script
from schemas.tables import ARTICLES, CLAIMS, ENTITIES, TABLES
from transforms.lake import write_batch

QUESTIONS = re.findall(
    r"^## (\d+)\. .*?```sql\n(.*?)```", (REPOSITORY / "docs" / "queries.md").read_text(encoding="utf-8"), re.S | re.M
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    lake = tmp_path_factory.mktemp("sample")
    assert main(["--output", str(lake)]) == 0
    return open_lake(str(lake))


def test_questions__are_twelve():
    assert [number for number, _ in QUESTIONS] == [str(n) for n in range(1, 13)]


def test_question_12__finds_who_contradicts_whom(sample):
    found = sample.execute(dict(QUESTIONS)["12"]).fetchall()
    assert [(speaker, figure, other, with_figure) for speaker, figure, _, other, with_figure, _ in found] == [
        ("Solène Madec", "40\u202f000 litres", "Philippe Darcourt", "12 000 litres"),
        ("la mairie", "140 000 euros", "Dominique Salvert", "60 000 euros"),
    ]


@pytest.mark.parametrize(("number", "query"), QUESTIONS, ids=[number for number, _ in QUESTIONS])
def test_question__is_answered_on_the_sample(sample, number, query):
    answer = sample.execute(query).fetchall()
    assert answer, f"question {number} has no answer"


def test_open_lake__leaves_out_batches_that_are_not_committed(tmp_path):
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-a.parquet", [article()])
    for name, version in (("part-a.parquet", "v1"), ("part-b.parquet", "v2")):
        write_batch(str(tmp_path), PARTITION, ENTITIES, name, [mention(version_id=version)])
        write_batch(str(tmp_path), PARTITION, CLAIMS, name, [claim(version_id=version)])
    connection = open_lake(str(tmp_path))
    for table in ("articles", "entities", "claims"):
        assert connection.execute(f"SELECT version_id FROM {table}").fetchall() == [("v1",)]


def test_open_lake__does_not_see_what_is_written_later(tmp_path):
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-a.parquet", [article()])
    connection = open_lake(str(tmp_path))
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-b.parquet", [article(version_id="v2")])
    assert connection.execute("SELECT count(*) FROM articles").fetchall() == [(1,)]
    assert connection.execute("SELECT count(*) FROM rejects").fetchall() == [(0,)]


def test_latest_articles__holds_the_last_change_of_each(tmp_path):
    later = MONDAY + timedelta(hours=2)
    versions = [
        article(version_id="v1", modified_at=later),
        article(version_id="v2", fetched_at=later),
        article(article_id="a2", version_id="v3"),
    ]
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-a.parquet", versions)
    latest = open_lake(str(tmp_path)).execute("SELECT version_id FROM latest_articles ORDER BY ALL").fetchall()
    assert latest == [("v1",), ("v3",)]


def test_copies__and_originals__are_told_apart_by_the_rows(tmp_path):
    rows = [article(), article(article_id="a2", version_id="v2", duplicate_of="a1")]
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-a.parquet", rows)
    lake = open_lake(str(tmp_path))
    assert lake.execute("FROM copies").fetchall() == [("a2", "v2", "a1")]
    assert lake.execute("SELECT version_id FROM original_articles").fetchall() == [("v1",)]


@pytest.mark.parametrize("engine", ENGINES)
def test_external_tables__are_current_and_parse(engine):
    written = (REPOSITORY / "sql" / engine / "tables.sql").read_text(encoding="utf-8")
    assert written == script(engine)
    known = written.replace("WITH PARTITION COLUMNS (date DATE, source STRING)\n", "")  # a clause that sqlglot has not
    created = [s.this.find(sqlglot.exp.Table).name for s in sqlglot.parse(known, read=engine) if s.key == "create"]
    assert created == [table.name for table in TABLES]


def test_duckdb_tables__are_those_of_the_lake(tmp_path):
    write_batch(str(tmp_path), PARTITION, ARTICLES, "part-a.parquet", [article()])
    write_batch(str(tmp_path), PARTITION, ENTITIES, "part-a.parquet", [mention()])
    connection = duckdb.connect()
    statements = (
        (REPOSITORY / "sql" / "duckdb" / "tables.sql").read_text(encoding="utf-8").replace("LAKE", str(tmp_path))
    )
    for statement in duckdb.extract_statements(statements)[:2]:
        connection.execute(statement)
    assert connection.execute("SELECT version_id, date FROM entities").fetchall() == [("v1", PARTITION.date)]
