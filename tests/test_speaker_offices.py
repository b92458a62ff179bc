"""A description meets the roles that say the same, and the nearest of them."""

import pytest
from spacy.language import Language
from support import article

from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline
from language.quotation_marks import find_quotations
from language.reading import Reading
from language.speaker_memory import SpeakerMemory
from language.speaker_offices import Description
from language.speaker_roles import content_words

TEXT = (
    "Le ministre de la Culture Paul Girard a visité le port. Le maire Luc Morel était à Lyon. "
    "La ministre de la Justice, Anne Durand, a quitté Paris."
)


@pytest.fixture(scope="module")
def memory() -> SpeakerMemory:
    given, doc = article(TEXT), annotate(_pipeline(), TEXT)
    return SpeakerMemory(Reading(TEXT, doc, find_quotations(TEXT)), extract_entities(given, doc), ())


def _pipeline() -> Language:
    return load_pipeline("fr")


@pytest.mark.parametrize(
    ("noun", "text", "before", "name"),
    [
        pytest.param("ministre", "le ministre de la culture", 99, "Paul Girard", id="same-noun"),
        pytest.param("garde", "la garde des sceaux", 99, "Anne Durand", id="same-office"),
        pytest.param("maire", "le maire", 0, "Luc Morel", id="named-later"),
        pytest.param("préfet", "le préfet", 99, None, id="nobody"),
    ],
)
def test_known_roles__description__is_the_person_with_this_role(
    memory: SpeakerMemory, noun: str, text: str, before: int, name: str | None
) -> None:
    role = memory.roles.like(Description(noun, text, content_words(text, memory.words), frozenset()), before)
    assert (role.person.canonical_name if role else None) == name
