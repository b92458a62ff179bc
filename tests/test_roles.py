import pytest
import spacy
from spacy.language import Language

from language.kept_columns import tokens_of
from language.labels import labelled_spans
from language.pipelines import annotate, load_pipeline
from language.roles import civility_gender, find_role
from schemas.vocabulary import EntityLabel


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline("fr")


def roles(nlp: Language, text: str) -> dict[str, str | None]:
    tokens = tokens_of(text, annotate(nlp, text))
    result = {}
    for span in labelled_spans(tokens):
        if span.label is EntityLabel.PER:
            role = find_role(tokens, span.first, span.last)
            result[text[span.start : span.end]] = text[role.start : role.end] if role else None
    return result


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("Le secrétaire d’État américain John Kerry est arrivé.", "John Kerry", "secrétaire d’État américain"),
        (
            "Le ministre allemand des Affaires étrangères, Heiko Maas, a parlé.",
            "Heiko Maas",
            "ministre allemand des Affaires étrangères",
        ),
        ("John Kirby, porte-parole du Pentagone, a refusé.", "John Kirby", "porte-parole du Pentagone"),
        ("L'ancien président Jacques Chirac est mort.", "Jacques Chirac", "ancien président"),
        ("Le Premier ministre britannique David Cameron a cédé.", "David Cameron", "Premier ministre britannique"),
        ("Christine Lagarde, la directrice du FMI, a répondu.", "Christine Lagarde", "directrice du FMI"),
        ("M. Hollande a répondu.", "Hollande", None),
        ("Le porte-parole de M. Hollande a répondu.", "Hollande", None),
        ("Selon le président, François Hollande a menti.", "François Hollande", None),
        ("François Hollande a répondu hier soir.", "François Hollande", None),
    ],
)
def test_find_role__beside_the_name(nlp: Language, text: str, name: str, role: str | None) -> None:
    assert roles(nlp, text)[name] == role


@pytest.mark.parametrize(
    ("text", "gender"), [("M. Durand parle.", "m"), ("Mme Durand parle.", "f"), ("Durand parle.", None)]
)
def test_civility_gender__before_the_name(nlp: Language, text: str, gender: str | None) -> None:
    tokens = tokens_of(text, annotate(nlp, text))
    assert civility_gender(tokens, tokens.lower.index("durand")) == gender


def test_find_role__a_language_without_words_has_none() -> None:
    text = "President Jane Doe"
    assert find_role(tokens_of(text, spacy.blank("en")(text)), 1, 3) is None
