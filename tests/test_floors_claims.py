"""Quality floors on annotated articles: raise a figure in floors_claims.json when claims get better; never lower one."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import shared_folder

from benchmarks.claims import original_offset, score_parts
from language.pipelines import load_pipeline
from schemas.article import Edit
from schemas.vocabulary import EditRule

FLOORS: dict[str, dict[str, float]] = json.loads(Path(__file__).with_name("floors_claims.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, Any]]:
    return score_parts(load_pipeline("fr"), shared_folder("gold"))


@pytest.mark.parametrize("part", sorted(FLOORS))
def test_claims__annotated_articles__stay_above_their_floors(figures: dict[str, dict[str, Any]], part: str) -> None:
    measured = {f"f1_{overlap}": figures[part][overlap]["F1"] for overlap in ("0.5", "0.8", "exact")}
    measured |= figures[part]["agree"]
    assert {name: value for name, value in measured.items() if value < FLOORS[part][name]} == {}


@pytest.mark.parametrize(
    ("offset", "end", "expected"),
    [
        pytest.param(3, False, 3, id="before-all"),
        pytest.param(5, False, 9, id="starts-where-words-were-taken-out"),
        pytest.param(5, True, 5, id="ends-where-words-were-taken-out"),
        pytest.param(8, False, 12, id="between"),
        pytest.param(20, True, 26, id="behind-all"),
    ],
)
def test_original_offset__edits__are_put_back(offset: int, end: bool, expected: int) -> None:
    edits = (Edit(EditRule.CAPTION, 5, "abcd"), Edit(EditRule.CRUMB, 12, "ef"))
    assert original_offset(offset, edits, end=end) == expected
