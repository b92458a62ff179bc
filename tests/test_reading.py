"""Each token is read in one sentence."""

import pytest
import spacy

from language.analysis_text import analysis_text
from language.quotation_marks import find_quotations
from language.reading import Reading


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        pytest.param("Le maire parle. Anne dit oui.", "dit", "Anne dit oui.", id="no-quotation"),
        pytest.param("Le maire dit : « Anne part. Paul reste. » Fin.", "dit", "Le maire dit", id="around-a-quotation"),
        pytest.param("Le maire dit : « Anne part. Paul reste. » Fin.", "reste", "Paul reste.", id="inside-a-quotation"),
        pytest.param("Anne dit« Paul reste ici » hier.", "reste", "Paul reste ici", id="inside-glued-marks"),
    ],
)
def test_by_sentence__is_the_innermost_one_of_the_token(text: str, word: str, expected: str) -> None:
    reading = Reading(text, spacy.blank("fr")(analysis_text(text)), find_quotations(text))
    (number, tokens), *others = reading.by_sentence(reading.positions({word})).items()
    sentence = reading.sentences[number]
    assert others == []
    assert [reading.lower[i] for i in tokens] == [word]
    assert text[reading.starts[sentence.start] : reading.ends[sentence.end - 1]].startswith(expected)


def test_by_sentence__tokens_of_one_sentence_stay_in_order() -> None:
    text = "Anne dit oui, Paul dit non. Tous disent oui."
    reading = Reading(text, spacy.blank("fr")(text), find_quotations(text))
    found = reading.by_sentence(reading.positions({"dit", "oui"}))
    assert [[reading.lower[i] for i in tokens] for tokens in found.values()] == [["dit", "oui", "dit"], ["oui"]]
