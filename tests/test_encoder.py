"""The faster encoders give what spaCy's give, whatever they have read before."""

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.training import Example
from thinc.api import Model

from language import encoder
from language.pipelines import annotate, load_pipeline
from language.shipped import SHIPPED

TEXTS = (
    "Le maire de Kervalin, Jean Le Goff, a déclaré mardi que 40 000 litres s'étaient répandus.",
    "« Nous ne savons rien »,\na répondu la préfète. M. Dubois n'a pas démenti.",
    "Oui.",
    "",
)


def _encoders(nlp: Language) -> list[Model]:
    return [nlp.get_pipe("tok2vec").model, nlp.get_pipe("ner").model.get_ref("tok2vec")]


@pytest.fixture(scope="module")
def plain() -> Language:
    return spacy.load(SHIPPED["fr"])


@pytest.fixture
def fast() -> Language:
    return load_pipeline("fr")


def test_speed_up__shipped_pipeline__gives_the_same_vectors(plain: Language, fast: Language) -> None:
    docs = [plain.make_doc(text) for text in TEXTS]
    for expected, actual in zip(_encoders(plain), _encoders(fast), strict=True):
        assert len(list(actual.walk())) > 2
        for vectors, same in zip(expected.predict(docs), actual.predict(docs), strict=True):
            np.testing.assert_allclose(same, vectors, atol=1e-4)


def test_speed_up__shipped_pipeline__replaces_both_encoders(fast: Language) -> None:
    for component in ("tok2vec", "ner"):
        names = {node.name for node in fast.get_pipe(component).model.walk()}
        assert {"remembering_embed", "windowed_encode"} <= names


def test_speed_up__other_texts_before__leave_every_bit_of_a_vector_the_same(fast: Language) -> None:
    text = TEXTS[0]
    fresh = load_pipeline("fr")
    for other in ("Paris", "Le maire de Lyon parle. " * 7, TEXTS[1]):
        annotate(fast, other)
    for read, unread in zip(_encoders(fast), _encoders(fresh), strict=True):
        assert np.array_equal(read.predict([fast.make_doc(text)])[0], unread.predict([fresh.make_doc(text)])[0])


@pytest.mark.parametrize("words", [1, 5, 12], ids=["fewer-than-one-text", "fewer-than-two", "about-one"])
def test_speed_up__memory_full__changes_nothing(words: int, monkeypatch: pytest.MonkeyPatch, plain: Language) -> None:
    monkeypatch.setattr(encoder, "MAX_WORDS", words)
    small = load_pipeline("fr")
    for text in TEXTS[:3] * 2:
        doc = plain.make_doc(text)
        for expected, actual in zip(_encoders(plain), _encoders(small), strict=True):
            np.testing.assert_allclose(actual.predict([doc])[0], expected.predict([doc])[0], atol=1e-4)


def test_speed_up__training__is_refused(fast: Language) -> None:
    example = Example.from_dict(fast.make_doc("Paris dort"), {"entities": [(0, 5, "LOC")]})
    with pytest.raises(NotImplementedError, match=r"load the pipeline with spacy\.load"):
        fast.get_pipe("ner").update([example], sgd=fast.create_optimizer())


def test_speed_up__pipeline_without_encoders__stays_as_it_is() -> None:
    blank = spacy.blank("fr")
    blank.add_pipe("sentencizer")
    assert encoder.speed_up_encoders(blank)("Oui.").text == "Oui."
