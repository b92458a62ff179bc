"""Quality floors on publisher pages: raise a figure in floors_cleaning.json when cleaning gets better; never lower one."""

import json
from pathlib import Path

import pytest

from benchmarks.cleaning import Report, load_pages, ours, run, trafilatura_defaults
from tests.support import shared_folder

FLOORS = json.loads(Path(__file__).with_name("floors_cleaning.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def reports() -> tuple[Report, Report]:
    pages = load_pages(shared_folder("pages"))
    return run(pages, ours, 1), run(pages, trafilatura_defaults, 1)


def test_cleaning__publisher_pages__stays_above_its_floors(reports: tuple[Report, Report]) -> None:
    report = reports[0]
    assert report.right("date") >= FLOORS["date_right"]
    assert report.right("title") >= FLOORS["title_right"]
    assert report.field("authors") >= FLOORS["authors_f1"]
    assert report.field("body") >= FLOORS["body_f1"]
    assert min(score.body for score in report.scores) >= FLOORS["worst_body_f1"]


@pytest.mark.parametrize("field", ["date", "title", "authors", "body"])
def test_cleaning__publisher_pages__beats_trafilatura_in_each_field(reports: tuple[Report, Report], field: str) -> None:
    own, theirs = reports
    assert own.field(field) > theirs.field(field)
