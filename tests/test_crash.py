"""Killed between any two operations on files and run again, a lake is as if nothing had happened."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from support import article, gathered_rows
from test_lake import PARTITION, claim, mention

from schemas.partition import Partition
from transforms import lake
from transforms.known import SetAsideKnown
from transforms.tables import WriteTables


def row_counts(folder: Path) -> dict[str, dict[str, int]]:
    """By table: every row's key with the number of times it is there, uncommitted files included."""
    found: dict[str, dict[str, int]] = {}
    for table, key in (("articles", "version_id"), ("entities", "mention_id"), ("claims", "claim_id")):
        found[table] = {}
        for file in (folder / table).rglob("part-*.parquet"):
            for (row,) in duckdb.sql(f"SELECT {key} FROM read_parquet('{file}')").fetchall():
                found[table][row] = found[table].get(row, 0) + 1
    return found


def tables(folder: Path) -> dict[str, list[tuple]]:
    """All rows of all tables, sorted."""
    rows = {}
    for table in ("articles", "entities", "claims", "rejects"):
        pattern = f"{folder}/{table}/*/*/*.parquet"
        if list((folder / table).rglob("*.parquet")):
            query = f"SELECT * FROM read_parquet('{pattern}', hive_partitioning = true) ORDER BY ALL"
            rows[table] = duckdb.sql(query).fetchall()
    return rows


def version_counts(folder: Path, table: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in (folder / table).glob("date=*/source=*/part-*.parquet"):
        try:
            rows = lake.read_columns(str(file), ["version_id"]).column(0).to_pylist()
        except FileNotFoundError:  # swept since it was listed: it was not committed
            continue
        for version in rows:
            counts[version] = counts.get(version, 0) + 1
    return counts


def write_once(folder: Path, versions: dict[str, tuple[Partition, int]]) -> None:
    """What a run does to the lake with articles that have one mention and one claim each."""
    by_partition: dict[Partition, list] = {}
    for version, (partition, _) in versions.items():
        by_partition.setdefault(partition, []).append(
            article(article_id=version, version_id=version, date=partition.date, source=partition.source)
        )
    aside, writer = SetAsideKnown(str(folder)), WriteTables(str(folder))
    fresh = {partition: list(aside._keep_fresh(partition, rows)) for partition, rows in by_partition.items()}
    for partition, articles in fresh.items():
        if articles:
            ids = [a.version_id for a in articles]
            rows = {
                "articles": articles,
                "entities": [mention(i, i) for i in ids],
                "claims": [replace(claim(i, i), claim_id=f"c-{i}") for i in ids],
            }
            list(writer._write(partition, gathered_rows(rows)))


def count_and_die(moment: int) -> None:
    """From now on, this process is killed before its n-th operation on files."""
    left = [moment]

    def counted(operation):
        def run(*args, **kwargs):
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return operation(*args, **kwargs)

        return run

    for place, name in ((lake, "_write_local"), (os, "replace"), (lake.FileSystems, "delete")):
        setattr(place, name, counted(getattr(place, name)))


def write_and_die(folder: Path, versions: dict, moment: int) -> bool:
    """Do `write_once` in a child that is killed before its n-th operation on files; False if it ended before."""
    pid = os.fork()
    if pid == 0:
        count_and_die(moment)
        write_once(folder, versions)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


OTHER = replace(PARTITION, source="autre.example")
FIRST = {"v1": (PARTITION, 0), "v2": (PARTITION, 0), "w1": (OTHER, 0)}


@pytest.mark.parametrize(
    "second",
    [
        FIRST,
        FIRST | {"v3": (PARTITION, 0)},
        {"v2": (PARTITION, 0), "v3": (PARTITION, 0), "w1": (OTHER, 0)},
    ],
    ids=["the same", "more", "others"],
)
def test_killed_at_every_moment__the_next_run_repairs_it(tmp_path, second):
    moment, killed = 0, True
    while killed:
        folder = tmp_path / str(moment)
        killed = write_and_die(folder, FIRST, moment)
        if (folder / "articles").exists():
            seen = row_counts(folder)
            assert set(seen["articles"]) <= {row.removesuffix("-3") for row in seen["entities"]}
            assert set(seen["articles"]) <= {row.removeprefix("c-") for row in seen["claims"]}
        write_once(folder, second)
        expected = set(second) | {v for v in FIRST if v in row_counts(folder)["articles"]}
        assert row_counts(folder) == {
            "articles": dict.fromkeys(expected, 1),
            "entities": dict.fromkeys((f"{v}-3" for v in expected), 1),
            "claims": dict.fromkeys((f"c-{v}" for v in expected), 1),
        }
        assert [p for p in folder.rglob("*") if p.name.startswith(lake.TEMPORARY)] == []
        moment += 1
    assert moment == 13  # two partitions, three files each, made and renamed
