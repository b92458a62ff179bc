"""The lake holds the same rows, whatever the order, the portions and the number of partitions."""

import hashlib
import random
import re
from datetime import date, timedelta

import apache_beam as beam
import pytest
from support import article, local_pipeline
from test_crash import row_counts, tables
from test_end_to_end import contents
from test_lake import claim, mention

from schemas.tables import ARTICLES, CLAIMS, ENTITIES, Table
from transforms.known import SetAsideKnown
from transforms.lake import arrow_table, read_columns
from transforms.tables import WriteTables

DAYS, SOURCES = 40, 5
FIRST = date(2024, 1, 1)


def articles() -> list:
    return [
        article(
            f"Avis {day}, {source}, {n}.",
            article_id=f"{day:08x}{source}{n}",
            version_id=f"v{day:02}{source}{n}",
            date=FIRST + timedelta(days=day),
            source=f"quai{source}.example",
        )
        for day in range(DAYS)
        for source in range(SOURCES)
        for n in range(2)
    ]


def write(lake, chosen, shards=1) -> None:
    """What a run does with cleaned articles, without the language work."""
    with local_pipeline() as pipeline:
        fresh = pipeline | beam.Create(chosen) | SetAsideKnown(str(lake), shards) | beam.Reshuffle()
        rows = {
            "articles": fresh,
            "entities": fresh | "Mention" >> beam.Map(lambda a: _at(a, mention(a.article_id, a.version_id))),
            "claims": fresh | "Claim" >> beam.Map(lambda a: _at(a, claim(a.article_id, a.version_id))),
        }
        _ = rows | WriteTables(str(lake), shards)


def rows_of(table: Table) -> list:
    """What `write` puts into a table."""
    if table is ARTICLES:
        return articles()
    return [_at(a, (mention if table is ENTITIES else claim)(a.article_id, a.version_id)) for a in articles()]


def _at(of, row):
    return type(row)(**{name: getattr(row, name) for name in row.__slots__} | {"date": of.date, "source": of.source})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    lake = tmp_path_factory.mktemp("whole")
    write(lake, articles())
    return lake


def test_two_hundred_partitions__hold_every_row_once(whole):
    versions = [a.version_id for a in articles()]
    assert len(list(whole.rglob("part-*.parquet"))) == 3 * DAYS * SOURCES
    assert row_counts(whole) == {
        "articles": dict.fromkeys(versions, 1),
        "entities": dict.fromkeys((f"{v}-3" for v in versions), 1),
        "claims": dict.fromkeys((f"c-{v}" for v in versions), 1),
    }


def checksum(rows: list[dict]) -> str:
    """SHA-256 over the rows, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(repr(sorted(row.items())) for row in rows)).encode()).hexdigest()


@pytest.mark.parametrize("table", [ARTICLES, ENTITIES, CLAIMS], ids=lambda table: table.name)
def test_two_hundred_partitions__have_the_checksum_of_the_rows_put_in(whole, table):
    put_in = arrow_table(table, rows_of(table)).to_pylist()
    files = [str(path) for path in (whole / table.name).rglob("part-*.parquet")]
    found = [row for path in files for row in read_columns(path, None).to_pylist()]
    assert (len(files), len(found)) == (DAYS * SOURCES, 2 * DAYS * SOURCES)
    assert checksum(found) == checksum(put_in)
    for path in files:  # and each lies in the folder of its day and source
        day, source = re.search(r"date=(.*)/source=(.*)/", path).groups()
        versions = {f"v{(date.fromisoformat(day) - FIRST).days:02}{source[4]}{n}" for n in range(2)}
        assert set(read_columns(path, ["version_id"]).column(0).to_pylist()) == versions


def test_another_order__gives_the_same_files(whole, tmp_path):
    shuffled = articles()
    random.Random("ordre").shuffle(shuffled)
    write(tmp_path, shuffled)
    assert contents(tmp_path) == contents(whole)


def test_five_portions__give_the_same_rows(whole, tmp_path):
    shuffled = articles()
    random.Random("portions").shuffle(shuffled)
    for portion in range(5):
        write(tmp_path, shuffled[portion::5])
    assert tables(tmp_path) == tables(whole)


def test_more_shards__give_the_same_rows(whole, tmp_path):
    write(tmp_path, articles(), shards=3)
    assert tables(tmp_path) == tables(whole)
