"""The whole program killed at any moment and run again: every row once, nothing left over, no reader ever misled."""

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
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import REPOSITORY
from test_crash import tables

from transforms.lake import TEMPORARY, read_columns
from transforms.notes import FOLDER as NOTES

MOMENTS = int(os.environ.get("DEPECHE_KILLS", "3"))
"""How many times the program is killed, every third time in two processes if there are 40; that takes 20 minutes."""
DOCUMENTS = 300 if MOMENTS >= 40 else 120
SPOKEN = "« La digue de {0} tient bon », a déclaré lundi Aziz Lemoine, maire de Saint-Elme. Avis {0}."
WRITTEN = "The harbour of Saint Elme opens again on Monday morning, the office of the port wrote in notice {0}."
LATE = {DOCUMENTS - 60 + n: n for n in range(0, 60, 12)}
"""Articles that come late and are the originals of others."""
PATIENCE_SECS = 600.0


def line(n: int) -> dict[str, str]:
    """A document of few words: every twelfth in French, the others in a language without a pipeline."""
    original = LATE.get(n, n)
    spoken = original % 12 == 0
    return {
        "url": f"https://quai{n % 2}.example/avis/{n}",
        "published_at": f"2024-03-{1 + original % 5:02}T0{5 if n in LATE else 6}:00:00Z",
        "language": "fr" if spoken else "en",
        "text": (SPOKEN if spoken else WRITTEN).format(original),
    }


@pytest.fixture(scope="module")
def documents(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("input") / "fil.jsonl"
    path.write_text("\n".join([*(json.dumps(line(n)) for n in range(DOCUMENTS)), "{"]), encoding="utf-8")
    return path


class Runs:
    """Starts runs one after the other, with a folder of their own for temporary files."""

    def __init__(self, documents: Path, temporary: Path) -> None:
        self._documents, self.temporary = documents, temporary
        self._server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("forked_runs.py"))],
            cwd=REPOSITORY,
            env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "ready"

    def start(self, output: Path, workers: int, *more: str) -> "Run":
        cycle = str(DOCUMENTS // 3 if workers == 1 else DOCUMENTS + 1)  # workers start anew in each cycle
        argv = [
            "--input",
            str(self._documents),
            "--output",
            str(output),
            "--workers",
            str(workers),
            "--wait",
            "60",
            *more,
        ]
        log = output.with_name(f"{output.name}.log")
        command = json.dumps([str(log), *argv, "--cycle-documents", cycle])
        self._server.stdin.write(command + "\n")
        self._server.stdin.flush()
        return Run(int(self._answer()), log, self._answer)

    def _answer(self) -> str:
        return self._server.stdout.readline().strip()

    def end(self) -> None:
        self._server.stdin.close()
        self._server.wait()


class Run:
    """One run, alive or not."""

    def __init__(self, pid: int, log: Path, answer: Callable[[], str]) -> None:
        self._pid, self._log, self._codes = pid, log, []
        self._waiting = threading.Thread(target=lambda: self._codes.append(int(answer())))
        self._waiting.start()

    def is_alive(self) -> bool:
        return self._waiting.is_alive()

    def kill(self, with_its_children: bool) -> bool:
        """Whether it was still alive."""
        try:
            (os.killpg if with_its_children else os.kill)(self._pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return self.code() == -signal.SIGKILL

    def code(self) -> int:
        self._waiting.join()
        return self._codes[0]

    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def runs(documents, tmp_path_factory) -> Iterator[Runs]:
    runs = Runs(documents, tmp_path_factory.mktemp("temporary"))
    yield runs
    runs.end()


@dataclass(frozen=True)
class Undisturbed:
    lake: Path
    seconds: float
    tables: dict
    annotation: dict[str, Counter]
    """By table and version: its rows before it is found to be a copy."""


@pytest.fixture(scope="module")
def undisturbed(runs, tmp_path_factory) -> Undisturbed:
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    started = time.monotonic()
    run = runs.start(lake, 1)
    assert run.code() == 0, run.output()
    seconds = time.monotonic() - started
    versions = {row["article_id"]: row["version_id"] for row in Reader(lake).rows("articles", None)}
    annotation = {}
    for table in ("entities", "claims"):
        annotation[table] = Counter(row["version_id"] for row in Reader(lake).rows(table, ["version_id"]))
        for row in Reader(lake).rows("articles", ["version_id", "duplicate_of"]):
            if row["duplicate_of"] is not None:
                annotation[table][row["version_id"]] = annotation[table][versions[row["duplicate_of"]]]
    return Undisturbed(lake, seconds, tables(lake), annotation)


class Reader:
    """Reads a lake beside its writers; a file is read again only when another one has taken its place."""

    def __init__(self, lake: Path) -> None:
        self._lake = lake
        self._known: dict[tuple[str, int, int], list[dict]] = {}

    def rows(self, table: str, columns: list[str] | None) -> Iterator[dict]:
        for file in (self._lake / table).glob("date=*/source=*/part-*.parquet"):
            try:
                stat = file.stat()
                key = (str(file), stat.st_ino, stat.st_mtime_ns)
                if key not in self._known:
                    self._known[key] = read_columns(str(file), columns).to_pylist()
            except FileNotFoundError:  # swept since it was listed: it was not committed
                continue
            yield from self._known[key]


class PollingReader(threading.Thread):
    """Looks at a lake again and again, articles first, and keeps what it should never have seen."""

    GRACE_SECS = 1.5
    """How long it may take from the articles to the claims; half a second less than what is promised."""

    def __init__(self, lake: Path, annotation: dict[str, Counter]) -> None:
        super().__init__(daemon=True)
        self._reader, self._annotation = Reader(lake), annotation
        self._stopped = threading.Event()
        self.polls = 0
        self.faults: list[str] = []

    def run(self) -> None:
        while not self._stopped.wait(0.1):
            started = time.monotonic()
            articles = list(self._reader.rows("articles", ["version_id", "duplicate_of"]))
            times = Counter(row["version_id"] for row in articles)
            faults = [f"{version} twice" for version, number in times.items() if number > 1]
            for table, complete in self._annotation.items():
                seen = Counter(row["version_id"] for row in self._reader.rows(table, ["version_id"]))
                faults += [
                    f"{table} of {row['version_id']}: {seen[row['version_id']]}"
                    for row in articles
                    if row["duplicate_of"] is None and seen[row["version_id"]] != complete[row["version_id"]]
                ]
            if time.monotonic() - started < self.GRACE_SECS:
                self.polls += bool(articles)
                self.faults += faults

    def stop(self) -> None:
        self._stopped.set()
        self.join()


@dataclass(frozen=True)
class Moment:
    """When a run was killed: what was to be seen in the lake."""

    workers: int
    alive: bool
    articles: int
    """Visible articles files."""
    uncommitted: int
    """Visible entities files without their articles."""
    temporary: int
    notes: int

    def stage(self, all_articles: float) -> str:
        if not self.articles:
            return "before the first commit"
        return "between commits" if self.articles < all_articles else "after the last commit"


SEEN: list[Moment] = []


def look(lake: Path, workers: int, alive: bool) -> Moment:
    names = {
        table: {(p.parent.parent.name, p.parent.name, p.name) for p in (lake / table).rglob("part-*.parquet")}
        for table in ("articles", "entities")
    }
    temporary = list(lake.rglob(f"{TEMPORARY}*"))
    notes = list((lake / NOTES).glob("*"))
    return Moment(
        workers, alive, len(names["articles"]), len(names["entities"] - names["articles"]), len(temporary), len(notes)
    )


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def files(folder: Path) -> int:
    return sum(name.startswith("part-") for _, _, names in os.walk(folder) for name in names)


@pytest.mark.parametrize("number", range(MOMENTS))
def test_killed_run__run_again__gives_every_row_once(runs, undisturbed, tmp_path, number):
    workers = 2 if number % 3 == 2 and MOMENTS >= 40 else 1
    chance = random.Random(f"moment {number}")
    lake = tmp_path / "lake"
    reader = PollingReader(lake, undisturbed.annotation)
    reader.start()

    killed = runs.start(lake, workers)
    kind = number % 5 if MOMENTS >= 5 else (0, 1, 4)[number % 3]
    if kind == 0:  # at a moment of the start-up and the first cycle's work
        until = time.monotonic() + chance.uniform(0, undisturbed.seconds / 4 * workers)
        wait_for(lambda: time.monotonic() > until or files(lake) or not killed.is_alive())
    elif kind == 4:  # when all articles are there, or nearly
        most = files(undisturbed.lake / "articles") / (1 if workers == 1 else 3)  # of one cycle
        wait_for(lambda: files(lake / "articles") >= most or not killed.is_alive())
    else:  # when so many files of any table are there
        number_of_files = chance.randint(1, files(undisturbed.lake) // (1 if workers == 1 else 3))
        wait_for(lambda: files(lake) >= number_of_files or not killed.is_alive())
    alive = killed.kill(with_its_children=bool(number % 2))  # else its workers are left to themselves
    SEEN.append(look(lake, workers, alive))

    again = runs.start(lake, workers)
    assert again.code() == 0, again.output()
    reader.stop()
    assert tables(lake) == undisturbed.tables
    assert [p for p in lake.rglob("*") if p.is_file() and not p.name.startswith("part-")] == []
    assert list(runs.temporary.iterdir()) == []
    assert reader.faults == []
    assert reader.polls


def test_moments__cover_the_whole_run(undisturbed):
    if len(SEEN) < MOMENTS:
        pytest.skip("not all moments were run")
    everything = files(undisturbed.lake / "articles")
    stages = Counter(moment.stage(everything / (1 if moment.workers == 1 else 3)) for moment in SEEN)
    print(*SEEN, stages, sep="\n")
    assert stages["between commits"] >= MOMENTS // 3
    if MOMENTS >= 10:  # of three, the early one may come just after the first commit, where start-up is quick
        assert set(stages) == {"before the first commit", "between commits", "after the last commit"}
    assert sum(m.uncommitted + m.temporary > 0 for m in SEEN) >= MOMENTS // 10
    assert sum(m.alive for m in SEEN) >= MOMENTS * 0.9


def test_two_runs_at_once__the_second_ends_with_a_message(runs, tmp_path):
    lake = tmp_path / "lake"
    lake.mkdir()
    descriptor = os.open(lake, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        ended = runs.start(lake, 1, "--wait", "0")
        assert ended.code() == 4
    finally:
        os.close(descriptor)
    assert f"another run is writing to '{lake}': wait until it ends" in ended.output()
    assert [p for p in lake.rglob("*") if p.is_file()] == []


def digest(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_undisturbed__again__changes_no_byte(runs, undisturbed):
    before = digest(undisturbed.lake)
    again = runs.start(undisturbed.lake, 1)
    assert again.code() == 0, again.output()
    assert digest(undisturbed.lake) == before
