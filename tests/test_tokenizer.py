"""The faster tokenizer makes the tokens that spaCy's makes."""

import re
from itertools import product

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.lang.fr.punctuation import ELISION, HYPHENS
from spacy.lang.fr.tokenizer_exceptions import TOKEN_MATCH
from spacy.lang.tokenizer_exceptions import URL_MATCH
from spacy.language import Language

from language.analysis_text import analysis_text
from language.pipelines import load_pipeline
from language.shipped import SHIPPED
from language.tokenizer import keep_elisions, speed_up_tokenizer

TEXT = (
    "Aujourd'hui, l'après-midi du 3 mai, M. Le Goff (vice‑président d'Entr’acte-Ouest, www.entracte.example/a?b=c) n'a-t-il "
    "pas dit « peut-être » à Saint-Elme-lès-Bains ? Écrire à le.goff@mairie.example : anti-âge, grand'rue, rendez-vous..."
)


@pytest.fixture(scope="module")
def plain() -> Language:
    nlp = spacy.load(SHIPPED["fr"])
    keep_elisions(nlp)
    return nlp


@pytest.fixture(scope="module")
def fast() -> Language:
    return load_pipeline("fr")


def test_speed_up__shipped_pipeline__looks_before_it_asks(fast: Language) -> None:
    for match in (fast.tokenizer.token_match, fast.tokenizer.url_match):
        assert match.__name__ == "match_quickly"


def test_tokens__compounds_and_addresses__are_those_of_spacy(plain: Language, fast: Language) -> None:
    tokens = [token.text for token in fast.make_doc(TEXT)]
    assert tokens == [token.text for token in plain.make_doc(TEXT)]
    assert {"www.entracte.example/a?b=c", "le.goff@mairie.example", "anti-âge"} <= set(tokens)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="aàeélstAÉ'’-‑–.:/@ «»()9", max_size=60))
def test_tokens__any_text__are_those_of_spacy(plain: Language, fast: Language, text: str) -> None:
    assert [token.text for token in fast.make_doc(text)] == [token.text for token in plain.make_doc(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("l' Union d’ Arles", ["l'", "Union", "d'", "Arles"]),
        ("Lorsqu' il, qu' « elle »", ["Lorsqu'", "il", ",", "qu'", "«", "elle", "»"]),
        ("l'Union d'Arles", ["l'", "Union", "d'", "Arles"]),
        ("le plan 'b' dure", ["le", "plan", "'", "b", "'", "dure"]),
    ],
    ids=["before a name", "conjunctions", "without a space", "a quoted letter"],
)
def test_elisions__space_behind__stay_whole(fast: Language, text: str, tokens: list[str]) -> None:
    assert [token.text for token in fast.make_doc(analysis_text(text))] == tokens


def test_elisions__other_language__unchanged() -> None:
    nlp = spacy.blank("en")
    keep_elisions(nlp)
    assert [token.text for token in nlp("l' Union")] == [token.text for token in spacy.blank("en")("l' Union")]


def test_compounds_of_this_spacy__none_is_without_a_hyphen_or_an_apostrophe() -> None:
    """Each alternative holds a class of nothing but these, neither optional nor inside of anything."""
    parser, constants = re._parser, re._constants  # type: ignore[attr-defined]
    (_, alternatives) = dict(parser.parse(TOKEN_MATCH.__self__.pattern))[constants.BRANCH]
    assert len(alternatives) > 200
    marks = {ord(mark) for mark in HYPHENS + ELISION}
    for alternative in alternatives:
        classes = [argument for operator, argument in _flat(alternative) if operator is constants.IN]
        assert any({number for _, number in found} <= marks for found in classes), alternative


def _flat(sequence):  # type: ignore[no-untyped-def]
    """The parts of a sequence and of the plain groups in it."""
    for operator, argument in sequence:
        if operator is re._constants.SUBPATTERN:  # type: ignore[attr-defined]
            yield from _flat(argument[3])
        else:
            yield operator, argument


def test_addresses_of_this_spacy__each_kind_has_a_full_stop() -> None:
    for scheme, user, host in product(("", "http://"), ("", "a:b@"), ("localhost", "mairie", "10", "éà", "mairie。fr")):
        assert URL_MATCH(f"{scheme}{user}{host}:80/a") is None
        assert URL_MATCH(f"{scheme}{user}{host}.example:80/a") is not None
    assert URL_MATCH("http://8.8.8.8/") is not None


def test_speed_up__tokenizer_of_another_language__only_its_addresses_are_changed() -> None:
    blank = spacy.blank("de")
    asked = blank.tokenizer.token_match
    speed_up_tokenizer(blank)
    assert blank.tokenizer.token_match is asked
    assert [token.text for token in blank("Siehe www.stadt.example, bitte.")][1] == "www.stadt.example"
