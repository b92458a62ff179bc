"""The benchmarks run; what they measure is not tested."""

import json

import pytest

from benchmarks.claims_cost import main as claims_cost
from benchmarks.scaling import WORDS, articles, cleaning_msec

PAGE = "<html><body><article><p>Le port rouvre lundi, a annoncé le maire de Saint-Elme.</p></article></body></html>"


def test_scaling__page__takes_some_time() -> None:
    assert cleaning_msec([PAGE.encode()]) > 0


def test_claims_cost__one_text__is_told_beside_both_annotations(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "a.txt"
    text.write_text(
        "Le port rouvre lundi, a annoncé le maire de Saint-Elme. « La digue tient », dit-il.", encoding="utf-8"
    )
    assert claims_cost([str(text)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("16 words in 1 articles: annotation 0.")
    assert "(by spaCy 0." in told
    assert "of spaCy's " in told


def test_scaling__articles__are_of_the_length_that_figures_name() -> None:
    texts = [json.loads(line)["text"] for line in articles(20)]
    assert all(WORDS <= len(text.split()) < 1.5 * WORDS for text in texts)
    assert len(set(texts)) == 20
