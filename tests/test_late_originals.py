"""Whatever the order and the portions in which articles come, the lake holds the same rows in the end."""

import json
import os
import random
import shutil
import signal
from datetime import date
from pathlib import Path

import pytest
from near_duplicates import texts
from test_crash import count_and_die

from language.shipped import SHIPPED
from pipeline import run
from pipeline.cli import main
from pipeline.sql import open_lake
from schemas.partition import Partition
from transforms.annotation import language_pipelines
from transforms.late_originals import mark_late_copies
from transforms.notes import FOLDER, note_batch, notes

WIRE = {(t.event, t.edit): t.text for t in texts() if t.story == "wire"}
BRIEF = "« La digue tient bon », a déclaré Aziz Lemoine, maire de Saint-Elme."

HARBOUR = (
    "The harbour of Saint Elme opens again on Monday after six weeks of repairs, the office of the port said. Forty "
    "boats had been waiting in Kerlouan. Its director, Aziz Lemoine, thanked the crews of the dredgers for their work "
    "at night. The cost came to 3 million euros, half of it paid by the county."
)


def line(name: str, text: str, day: int, hour: int, **values) -> dict:
    source = name.partition("/")[0]
    return {"url": f"https://{source}.example/{name}", "published_at": f"2024-03-{day:02}T{hour:02}:00:00Z"} | {
        "text": text,
        "language": "fr",
        **values,
    }


LINES = [
    line("quai/barrage", WIRE["barrage", ""], 4, 6),
    line("port/barrage", WIRE["barrage", "headline"], 4, 9),
    line("phare/barrage", WIRE["barrage", "paragraph added"], 5, 7),
    line("port/barrage", WIRE["barrage", "shortened"], 6, 8),  # a correction of a copy
    line("quai/barrage", WIRE["barrage", "agency"], 6, 9),  # a correction of the original
    line("quai/harbour", HARBOUR, 5, 6, language="en"),  # no pipeline knows it
    line("port/harbour", f"BREAKING NEWS. {HARBOUR}", 6, 6, language="en"),
    line("quai/avis", BRIEF, 1, 6),
    line("port/avis", BRIEF, 3, 6),
    line("phare/avis", BRIEF, 5, 6),  # too late to copy the first
    line("phare/autre", "Le marché de Saint-Elme ouvre demain. Il pleut sur la côte.", 5, 6),
]


def write(folder: Path, lake: Path, lines: list[dict]) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / "fil.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert main(["--input", str(path), "--output", str(lake)]) == 0
    assert [p for p in lake.rglob("*") if p.is_file() and not p.name.startswith("part-")] == []
    assert not (lake / FOLDER).exists()


def rows(lake: Path) -> dict[str, list[tuple]]:
    """All rows, without the columns that tell from which document, where and when they were read."""
    connection = open_lake(str(lake))
    columns = {"articles": "* EXCLUDE (input_uri, fetched_at, document_id)"}
    return {
        table: connection.execute(f"SELECT {columns.get(table, '*')} FROM {table} ORDER BY ALL").fetchall()
        for table in ("articles", "entities", "claims")
    }


@pytest.fixture(autouse=True)
def no_grace(monkeypatch):
    monkeypatch.setattr(run, "READERS_GRACE_SECS", 0.0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    write(folder / "in", folder / "lake", LINES)
    return folder / "lake"


def test_one_run__marks_and_annotates_by_content_and_date(whole):
    found = (
        open_lake(str(whole))
        .execute(
            "SELECT a.url, a.published_at::DATE::VARCHAR, o.url, a.nlp_model IS NOT NULL, "
            "(SELECT count(*) > 0 FROM entities e WHERE e.version_id = a.version_id) "
            "FROM articles a LEFT JOIN (SELECT DISTINCT article_id, url FROM articles) o ON o.article_id = a.duplicate_of "
            "ORDER BY a.published_at, a.url"
        )
        .fetchall()
    )
    quai, port, phare = (f"https://{name}.example/{name}" for name in ("quai", "port", "phare"))
    assert found == [
        (f"{quai}/avis", "2024-03-01", None, True, True),
        (f"{port}/avis", "2024-03-03", f"{quai}/avis", False, False),
        (f"{quai}/barrage", "2024-03-04", None, True, True),
        (f"{port}/barrage", "2024-03-04", f"{quai}/barrage", False, False),
        (f"{phare}/autre", "2024-03-05", None, True, True),
        (f"{phare}/avis", "2024-03-05", f"{port}/avis", False, False),
        (f"{quai}/harbour", "2024-03-05", None, False, False),
        (f"{phare}/barrage", "2024-03-05", f"{quai}/barrage", False, False),
        (f"{port}/harbour", "2024-03-06", f"{quai}/harbour", False, False),
        (f"{port}/barrage", "2024-03-06", f"{quai}/barrage", False, False),
        (f"{quai}/barrage", "2024-03-06", None, True, True),
    ]


SHUFFLED = random.Random("ordre").sample(LINES, len(LINES))
LATEST_FIRST = sorted(LINES, key=lambda line: line["published_at"], reverse=True)


@pytest.mark.parametrize(
    "portions",
    [[SHUFFLED[n::5] for n in range(5)], [LATEST_FIRST[:4], LATEST_FIRST[4:8], LATEST_FIRST[8:]]],
    ids=["five, shuffled", "three, latest first"],
)
def test_portions__give_the_same_rows(whole, tmp_path, portions):
    for portion in portions:
        write(tmp_path / "in", tmp_path / "lake", portion)
    assert rows(tmp_path / "lake") == rows(whole)


@pytest.fixture
def unmarked(tmp_path, monkeypatch) -> Path:
    """A lake with batches that were written after the copies of their articles, by a run that then died."""
    late = [
        n for n, one in enumerate(LINES) if one["url"].startswith("https://quai") and "06T" not in one["published_at"]
    ]
    write(tmp_path / "in", tmp_path / "lake", [one for n, one in enumerate(LINES) if n not in late])
    monkeypatch.setattr(run, "_mark_late_copies", lambda _: None)
    with pytest.raises(AssertionError):  # notes are left
        write(tmp_path / "in", tmp_path / "lake", [LINES[n] for n in late])
    return tmp_path / "lake"


def test_killed_at_any_moment__the_next_marking_mends_it(whole, unmarked, tmp_path):
    before, expected, moment, killed = rows(unmarked), rows(whole), 0, True
    while killed:
        lake = tmp_path / f"killed {moment}"
        shutil.copytree(unmarked, lake)
        killed = mark_and_die(lake, moment)
        seen = rows(lake)
        for version, duplicate_of in open_lake(str(lake)).execute(STATE).fetchall():
            for table in ("entities", "claims"):
                found, old, new = ([row for row in of[table] if version in row] for of in (seen, before, expected))
                assert duplicate_of is not None or found == (new or old)
        mark_late_copies(str(lake), 3, MODELS)
        assert rows(lake) == expected
        assert [p for p in lake.rglob("*") if p.is_file() and not p.name.startswith("part-")] == []
        moment += STEP
    assert moment > 20


def test_batches_merged_meanwhile__the_next_marking_mends_it(whole, unmarked):
    """A compaction writes the rows of a batch to a file of another name; its note keeps the old one."""
    for note in notes(str(unmarked)):
        for table in ("articles", "entities", "claims"):
            for path in (unmarked / note.partition.folder(table)).glob(note.name):
                path.rename(path.with_name("part-merged.parquet"))
    assert rows(unmarked) != rows(whole)
    assert mark_late_copies(str(unmarked), 3, MODELS) > 0
    assert rows(unmarked) == rows(whole)


STEP = 1 if "DEPECHE_KILLS" in os.environ else 7
"""Between two moments; all of them take some minutes."""
STATE = "SELECT version_id, duplicate_of FROM articles"
MODELS = dict.fromkeys(SHIPPED)


def mark_and_die(lake: Path, moment: int) -> bool:
    """Mark in a child that is killed before its n-th operation on files; False if it ended before."""
    language_pipelines(MODELS)  # loaded once, for all children
    pid = os.fork()
    if pid == 0:
        count_and_die(moment)
        mark_late_copies(str(lake), 3, MODELS)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def test_marking_twice__changes_no_file(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "lake")
    note_batch(str(tmp_path / "lake"), Partition(date(2024, 3, 4), "quai.example"), "part-of-a-killed-run.parquet")
    before = {
        p: (p.stat().st_ino, p.read_bytes()) for p in (tmp_path / "lake").rglob("*.parquet") if FOLDER not in str(p)
    }
    assert mark_late_copies(str(tmp_path / "lake"), 3, MODELS, pause=pytest.fail) == 0
    assert {p: (p.stat().st_ino, p.read_bytes()) for p in (tmp_path / "lake").rglob("*.parquet")} == before
