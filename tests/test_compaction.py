"""Small files merged: the same rows at every moment, for readers, writers and after a kill."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from support import REPOSITORY, article
from test_crash import row_counts, tables, version_counts, write_once
from test_lake import PARTITION

from pipeline.cli import main
from schemas.feed_poll import FeedPoll
from schemas.partition import Partition
from schemas.tables import ARTICLES, FEED_POLLS
from transforms import compaction, feed_memory
from transforms.compaction import closed_partitions, compact_partition, remove_replaced
from transforms.feed_memory import FeedMemory
from transforms.known import SetAsideKnown
from transforms.lake import read_columns, write_batch

RECENT = Partition(date(2024, 3, 9), "quais.example")
VERSIONS = [f"v{n}" for n in range(8)]


@pytest.fixture
def lake(tmp_path) -> Path:
    """Eight batches of one article each on a closed day, and two on an open one."""
    for version in VERSIONS:
        write_once(tmp_path, {version: (PARTITION, 0)})
    for version in ("w1", "w2"):
        write_once(tmp_path, {version: (RECENT, 0)})
    return tmp_path


def files(lake: Path, partition: Partition) -> int:
    return len(list(lake.glob(f"*/date={partition.date}/source={partition.source}/part-*.parquet")))


def compact(lake: Path) -> int:
    return main(["compact", "--lake", str(lake), "--before", "2024-03-09"])


def test_compact__merges_closed_days_and_keeps_every_row(lake, capsys):
    before = tables(lake)
    assert files(lake, PARTITION) == 24
    assert compact(lake) == 0
    assert capsys.readouterr().out == "merged 24 files into 3; the rows are the same\n"
    assert (files(lake, PARTITION), files(lake, RECENT)) == (3, 6)
    assert tables(lake) == before
    assert list(lake.rglob(f"{compaction.BUILDING}*")) == []


def test_compact__again__changes_no_file(lake, capsys):
    compact(lake)
    before = {p: (p.stat().st_ino, p.read_bytes()) for p in lake.rglob("*.parquet")}
    compact(lake)
    assert capsys.readouterr().out.endswith("merged 0 files into 0; the rows are the same\n")
    assert {p: (p.stat().st_ino, p.read_bytes()) for p in lake.rglob("*.parquet")} == before


def test_compacted_file__is_sorted_and_in_the_schema(lake):
    compact(lake)
    (file,) = (lake / PARTITION.folder("articles")).iterdir()
    assert pq.read_schema(file).equals(ARTICLES.schema, check_metadata=True)
    assert pq.ParquetFile(file).read().column("version_id").to_pylist() == VERSIONS


def test_run_after_compaction__knows_every_version(lake):
    compact(lake)
    before = row_counts(lake)
    rows = [article(article_id=v, version_id=v) for v in VERSIONS]
    assert list(SetAsideKnown(str(lake))._keep_fresh(PARTITION, rows)) == []
    assert row_counts(lake) == before


def test_closed_partitions__are_those_before_the_day(lake):
    assert closed_partitions(str(lake), date(2024, 3, 9)) == [PARTITION]
    assert closed_partitions(str(lake), date(2024, 3, 10)) == [PARTITION, RECENT]


def test_killed_between_the_tables__leaves_every_row_and_can_go_on(lake):
    before = row_counts(lake)
    for moment in (0, 1, 1):  # before the entities, the claims, the articles
        pid = os.fork()
        if pid == 0:
            left, exchange = [moment], compaction._exchange

            def counted(first, second, left=left, exchange=exchange):
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1
                exchange(first, second)

            compaction._exchange = counted
            list(compact_partition(str(lake), PARTITION))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        assert row_counts_of_readers(lake) == before
        assert list(SetAsideKnown(str(lake))._keep_fresh(PARTITION, [article(version_id="v0")])) == []
        assert row_counts_of_readers(lake) == before  # the sweep took nothing
    list(compact_partition(str(lake), PARTITION))
    remove_replaced(str(lake))
    assert row_counts(lake) == before
    assert files(lake, PARTITION) == 3


def row_counts_of_readers(lake: Path) -> dict[str, dict[str, int]]:
    """As `row_counts`, of the folders that engines read."""
    for hidden in lake.glob(f"*/*/{compaction.BUILDING}*"):
        for file in hidden.iterdir():
            file.rename(file.with_name(f"hidden-{file.name}"))
    return row_counts(lake)


def test_compact__beside_a_writer_and_a_reader__loses_and_doubles_nothing(tmp_path):
    names = [f"v{n:02}" for n in range(60)]
    (tmp_path / "articles").mkdir()
    code = (
        "from pipeline import compact\n"
        "compact.GRACE_SECS = 0.2\n"
        f"while True: compact.main(['--lake', {str(tmp_path)!r}])\n"
    )
    compactor = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    writer = threading.Thread(target=lambda: [write_once(tmp_path, {name: (PARTITION, 0)}) for name in names])
    writer.start()
    before: dict[str, int] = {}
    while writer.is_alive() or files(tmp_path, PARTITION) > 3:
        seen = listed_again_if_replaced(tmp_path)
        assert seen.keys() >= before.keys()
        assert set(seen.values()) <= {1}
        before = seen
    compactor.kill()
    compactor.wait()
    for table in ("articles", "entities", "claims"):
        assert version_counts(tmp_path, table) == dict.fromkeys(names, 1)


def listed_again_if_replaced(lake: Path) -> dict[str, int]:
    """Times that each version is there; as an engine does, from one listing of the files."""
    while True:
        try:
            counts: dict[str, int] = {}
            for file in list((lake / "articles").glob("date=*/source=*/part-*.parquet")):
                for version in read_columns(str(file), ["version_id"]).column(0).to_pylist():
                    counts[version] = counts.get(version, 0) + 1
            return counts
        except FileNotFoundError:
            continue


def test_compact__an_object_store__is_refused():
    with pytest.raises(compaction.CannotCompactError, match="cannot replace several files at once"):
        list(compact_partition("s3://seau/lac", PARTITION))


def test_compact__a_row_written_twice__stays_once(tmp_path):
    for name in ("part-a.parquet", "part-b.parquet"):
        write_batch(str(tmp_path), PARTITION, ARTICLES, name, [article()])
    list(compact_partition(str(tmp_path), PARTITION))
    remove_replaced(str(tmp_path))
    assert row_counts(tmp_path)["articles"] == {"v1": 1}


def test_compact__polls__keeps_what_is_remembered(tmp_path, monkeypatch):
    polls = [
        FeedPoll("https://quais.example/fil", "quais.example", PARTITION.date, polled_at, 200, 1, 1, None, 0)
        for polled_at in (datetime(2024, 3, 4, hour, tzinfo=UTC) for hour in (6, 7, 8))
    ]
    for n, poll in enumerate(polls):
        write_batch(str(tmp_path), PARTITION, FEED_POLLS, f"part-{n}.parquet", [poll])
    memory = FeedMemory(str(tmp_path))
    read, before = feed_memory._read_polls, memory.tasks([polls[0].feed_url])

    def compacted_meanwhile(path):
        monkeypatch.setattr(feed_memory, "_read_polls", read)
        list(compact_partition(str(tmp_path), PARTITION))
        remove_replaced(str(tmp_path))
        return read(path)

    monkeypatch.setattr(feed_memory, "_read_polls", compacted_meanwhile)
    assert FeedMemory(str(tmp_path)).tasks([polls[0].feed_url]) == before
    assert [task.last.polled_at for task in before] == [polls[-1].polled_at]
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
