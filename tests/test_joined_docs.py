"""Joined paragraphs are what spaCy makes of them."""

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from language.joined_docs import joined
from language.pipelines import load_pipeline

PARAGRAPHS = [
    "Le port de Saint-Elme rouvre lundi.\n\n",
    "« La digue tient », a déclaré Aziz Lemoine. Il l'a vue  hier.\n",
    " \n",
    "Fin",
]


def ruled() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": "Aziz Lemoine"}])
    return nlp


@pytest.mark.parametrize("nlp", [load_pipeline("fr"), ruled(), spacy.blank("xx")], ids=["shipped", "ruled", "blank"])
@pytest.mark.parametrize("number", [1, 4])
def test_joined__is_what_spacy_makes_of_the_paragraphs(nlp, number):
    docs = list(nlp.pipe(PARAGRAPHS[:number]))
    expected = Doc.from_docs(docs, ensure_whitespace=False, exclude=("tensor",))
    assert joined(docs).to_bytes(exclude=["tensor"]) == expected.to_bytes(exclude=["tensor"])
    assert joined(docs).text == "".join(PARAGRAPHS[:number])
