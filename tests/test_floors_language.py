"""The French pipeline's figures on the development sets. A floor in floors_language.json may rise, never fall."""

import json
from pathlib import Path

import pytest
from spacy.tokens import DocBin
from support import shared_folder

from language.pipelines import load_pipeline
from training.corpora import SYNTAX_DEV, syntax_docs
from training.evaluate import articles, name_scores, syntax_scores

FLOORS = json.loads(Path(__file__).with_name("floors_language.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    data = shared_folder("data")
    nlp = load_pipeline("fr")
    treebank = tmp_path_factory.mktemp("treebank") / "dev.spacy"
    DocBin(docs=syntax_docs([data / "ud" / name for name in SYNTAX_DEV])).to_disk(treebank)
    names = name_scores(nlp, articles(data / "ner" / "dev"))
    by_label = {label: scores["f"] for label, scores in names["ents_per_type"].items()}
    return names | by_label | syntax_scores(nlp, treebank)


@pytest.mark.parametrize("figure", FLOORS)
def test_french_pipeline__stays_above_its_floor(figures, figure):
    assert figures[figure] >= FLOORS[figure]
