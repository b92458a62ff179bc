"""Killed at any moment and run again, a lake is as if nothing had happened; its readers never notice."""

import fcntl
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from support import REPOSITORY, article
from test_lake import PARTITION, claim, mention

from schemas.partition import Partition
from transforms import lake
from transforms.known import SetAsideKnown
from transforms.tables import WriteTables

MOMENTS = int(os.environ.get("DEPECHE_KILLS", "2"))
"""How many times the whole program is killed, half of them in two processes; 40 takes a quarter of an hour."""
DOCUMENTS = 300
SPOKEN = "« La digue de {0} tient bon », a déclaré lundi Aziz Lemoine, maire de Saint-Elme. Avis {0}."
WRITTEN = "The harbour of Saint Elme opens again on Monday morning, the office of the port wrote in notice {0}."


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


# --- every single moment between two operations on files, without the language work


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
            list(writer._write(partition, rows))


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

    for name in ("create", "rename", "delete"):
        setattr(lake.FileSystems, name, counted(getattr(lake.FileSystems, name)))


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


# --- the whole program


@pytest.fixture(scope="module")
def documents(tmp_path_factory) -> Path:
    """Many documents in a language without a pipeline, and some to annotate, over several days and sources."""
    path = tmp_path_factory.mktemp("input") / "fil.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for n in range(DOCUMENTS):
            spoken = n % 12 == 0
            line = {
                "url": f"https://quai{n % 4}.example/avis/{n}",
                "published_at": f"2024-03-{1 + n % 9:02}T06:00:00Z",
                "language": "fr" if spoken else "en",
                "text": (SPOKEN if spoken else WRITTEN).format(n),
            }
            file.write(json.dumps(line) + "\n")
        file.write("{\n")
    return path


def command(documents: Path, output: Path, workers: int) -> list[str]:
    arguments = ["--input", str(documents), "--output", str(output), "--workers", str(workers)]
    cycle = "120" if workers == 1 else "400"  # workers start anew in each cycle
    return [sys.executable, "-m", "pipeline", *arguments, "--cycle-documents", cycle, "--wait", "60"]


def start(documents: Path, output: Path, workers: int) -> subprocess.Popen:
    return subprocess.Popen(
        command(documents, output, workers),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class PollingReader(threading.Thread):
    """Looks at a lake again and again, articles first, and keeps what it should never have seen."""

    def __init__(self, folder: Path, complete: dict[str, dict[str, int]]) -> None:
        super().__init__(daemon=True)
        self._folder, self._complete = folder, complete
        self._stopped = threading.Event()
        self.polls = 0
        self.faults: list[str] = []

    def run(self) -> None:
        while not self._stopped.wait(0.02):
            committed = self._versions("articles")
            self.polls += bool(committed)
            for table in ("entities", "claims"):
                seen = self._versions(table)
                for version in committed:
                    if seen.get(version, 0) != self._complete[table].get(version, 0):
                        self.faults.append(f"{table} of {version}: {seen.get(version, 0)}")
            self.faults += [f"{version} twice" for version, times in committed.items() if times > 1]

    def _versions(self, table: str) -> dict[str, int]:
        return version_counts(self._folder, table)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


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


@pytest.fixture(scope="module")
def undisturbed(documents, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("undisturbed")
    subprocess.run(command(documents, output, 1), cwd=REPOSITORY, check=True, capture_output=True)
    return output


@pytest.mark.parametrize("number", range(MOMENTS))
def test_killed_run__run_again__gives_every_row_once(documents, undisturbed, tmp_path, number):
    workers = 2 if number % 2 else 1
    chance = random.Random(f"moment {number}")
    output = tmp_path / "lake"
    complete = {table: version_counts(undisturbed, table) for table in ("entities", "claims")}
    reader = PollingReader(output, complete)
    reader.start()

    killed = start(documents, output, workers)
    wait_for(lambda: output.exists() or killed.poll() is not None)
    until = time.monotonic() + chance.uniform(0, 8 * workers)
    wait_for(lambda: time.monotonic() > until or killed.poll() is not None)
    killed.kill()  # the driver alone: its workers are left to themselves
    killed.communicate()

    again = start(documents, output, workers)
    answer, errors = again.communicate()
    reader.stop()
    assert again.returncode == 0, answer + errors
    assert tables(output) == tables(undisturbed)
    assert [p for p in output.rglob("*") if p.is_file() and not p.name.startswith("part-")] == []
    assert reader.faults == []


def wait_for(condition) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_two_runs_at_once__the_second_ends_with_a_message(documents, tmp_path):
    output = tmp_path / "lake"
    output.mkdir()
    descriptor = os.open(output, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        ended = subprocess.run(
            [*command(documents, output, 1), "--wait", "0"], cwd=REPOSITORY, capture_output=True, text=True
        )
    finally:
        os.close(descriptor)
    assert ended.returncode == 4
    assert f"another run is writing to '{output}': wait until it ends" in ended.stderr
    assert [p for p in output.rglob("*") if p.is_file()] == []


def digest(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_undisturbed__again__changes_no_byte(documents, undisturbed):
    before = digest(undisturbed)
    subprocess.run(command(documents, undisturbed, 1), cwd=REPOSITORY, check=True, capture_output=True)
    assert digest(undisturbed) == before
