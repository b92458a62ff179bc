"""The faster lemmatizer gives the lemmas that spaCy's gives."""

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from language import lemmatizer
from language.pipelines import load_pipeline
from language.shipped import SHIPPED

TEXTS = (
    "Les maires des communes voisines, eux-mêmes inquiets, ont déclaré mardi que 40 000 litres s'étaient répandus.",
    "« Nous n'en savions rien »,\na répondu la préfète. Qwxzé xqz'zzwk 12e a-t-elle éàü ?",
    "Oui.",
    "",
)


@pytest.fixture(scope="module")
def plain() -> Language:
    return spacy.load(SHIPPED["fr"])


@pytest.fixture
def fast() -> Language:
    return load_pipeline("fr")


def _lemmas(nlp: Language, docs: list[Doc], scores: list[np.ndarray]) -> tuple[list[list[int]], list[list[str]]]:
    component = nlp.get_pipe("trainable_lemmatizer")
    trees = component._scores2guesses_top_k_greater_1(docs, [of_doc.copy() for of_doc in scores])
    component.set_annotations(docs, trees)
    return [list(map(int, of_doc)) for of_doc in trees], [[token.lemma_ for token in doc] for doc in docs]


@pytest.mark.parametrize("kept", [1, 3, 50_000], ids=["one-is-kept", "a-few-are-kept", "all-are-kept"])
@pytest.mark.parametrize("seed", [1, 2])
def test_lemmas__any_scores__are_those_of_spacy(
    kept: int, seed: int, plain: Language, fast: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scores by chance: mostly of trees that cannot be applied."""
    monkeypatch.setattr(lemmatizer, "MAX_LEMMAS", kept)
    labels = len(plain.get_pipe("trainable_lemmatizer").labels)
    random = np.random.default_rng(seed)
    scores = [random.random((len(plain.make_doc(text)), labels), dtype=np.float32) for text in TEXTS]
    for nlp in (plain, fast):
        assert nlp.get_pipe("trainable_lemmatizer").top_k == 3
    expected = _lemmas(plain, [plain.make_doc(text) for text in TEXTS], scores)
    for _ in range(2):
        assert _lemmas(fast, [fast.make_doc(text) for text in TEXTS], scores) == expected
    assert -1 in expected[0][0]
    assert {tree for trees in expected[0] for tree in trees} != {-1}


def test_lemmas__of_the_model__are_those_of_spacy(plain: Language, fast: Language) -> None:
    for text in TEXTS:
        assert [token.lemma_ for token in fast(text)] == [token.lemma_ for token in plain(text)]
    assert fast(TEXTS[0])[1].lemma_ == "maire"


@pytest.mark.parametrize("overwrite", [False, True])
def test_lemmas__that_were_set_before__stay_unless_they_are_to_be_overwritten(overwrite: bool, fast: Language) -> None:
    component = fast.get_pipe("trainable_lemmatizer")
    component.overwrite = overwrite
    doc = fast.make_doc("Les maires parlent.")
    doc[1].lemma_ = "bourgmestre"
    assert [token.lemma_ for token in fast(doc)] == ["le", "maire" if overwrite else "bourgmestre", "parler", "."]
