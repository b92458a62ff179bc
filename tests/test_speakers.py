"""Speakers are resolved within the article, or left open."""

import pytest
from spacy.language import Language
from support import article

from language.claims import extract_claims
from language.entities import extract_entities
from language.pipelines import annotate, load_pipeline
from schemas.vocabulary import SpeakerMethod


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load_pipeline("fr")


@pytest.mark.parametrize(
    ("text", "mention", "name", "method"),
    [
        pytest.param(
            "Le ministre de la Culture, Paul Girard, a déclaré que le musée ouvrirait.",
            "Le ministre de la Culture", "Paul Girard", SpeakerMethod.SUBJECT, id="apposition",
        ),
        pytest.param(
            "Paul Girard, élu en mai, a déclaré que le musée ouvrirait.",
            "Paul Girard", "Paul Girard", SpeakerMethod.SUBJECT, id="behind-an-apposition",
        ),
        pytest.param(
            "Paul Girard a visité le musée. Il a promis que les travaux finiraient.",
            "Il", "Paul Girard", SpeakerMethod.PRONOUN, id="pronoun",
        ),
        pytest.param(
            "La ministre Anne Morel a reçu le maire Paul Girard. « Le musée ouvrira en mai », a-t-elle assuré.",
            "-elle", "Anne Morel", SpeakerMethod.PRONOUN, id="pronoun-by-gender",
        ),
        pytest.param(
            "Le ministre de la Culture Paul Girard était à Lyon. Le ministre a dit que le musée ouvrirait.",
            "Le ministre", "Paul Girard", SpeakerMethod.DESCRIPTION, id="role",
        ),
        pytest.param(
            "Selon Anne Morel, le musée ouvrira.",
            "Anne Morel", "Anne Morel", SpeakerMethod.ACCORDING_TO, id="according-to",
        ),
        pytest.param(
            "Des habitants affirment que le musée est fermé.",
            "Des habitants", "Des habitants", SpeakerMethod.SUBJECT, id="unnamed",
        ),
        pytest.param(
            "On estime que le musée est fermé.", "On", None, None, id="nobody",
        ),
        pytest.param(
            "La mère de Paul Girard affirme que le musée est fermé.",
            "La mère de Paul Girard", "La mère de Paul Girard", SpeakerMethod.SUBJECT, id="name-of-another",
        ),
        pytest.param(
            "Il a été annoncé que le musée fermerait.", None, None, None, id="no-agent",
        ),
    ],
)  # fmt: skip
def test_extract_claims__source__is_resolved(
    nlp: Language, text: str, mention: str | None, name: str | None, method: SpeakerMethod | None
) -> None:
    given, doc = article(text), annotate(nlp, text)
    claim = extract_claims(given, doc, extract_entities(given, doc))[-1]
    assert (claim.speaker, claim.speaker_name, claim.speaker_method) == (mention, name, method)


def test_extract_claims__named_speaker__has_the_id_of_the_entity(nlp: Language) -> None:
    text = "Paul Girard a visité le musée. Il a promis que les travaux finiraient."
    given, doc = article(text), annotate(nlp, text)
    mentions = extract_entities(given, doc)
    (claim,) = extract_claims(given, doc, mentions)
    assert claim.speaker_entity_id == next(m.entity_id for m in mentions if m.surface == "Paul Girard")


def test_extract_claims__quoted_first_person__is_the_quoted_speaker(nlp: Language) -> None:
    text = "« Je pense que le pont est sûr », a déclaré Paul Girard."
    given, doc = article(text), annotate(nlp, text)
    claims = extract_claims(given, doc, extract_entities(given, doc))
    assert [(c.cue, c.speaker_name) for c in claims] == [("a déclaré", "Paul Girard"), ("pense", "Paul Girard")]


def test_extract_claims__quotation_without_subject__goes_on_from_the_speaker_before(nlp: Language) -> None:
    text = "Paul Girard a dit que le pont fermait. Avant d'ajouter : « Nous verrons bien lundi. »"
    given, doc = article(text), annotate(nlp, text)
    claim = extract_claims(given, doc, extract_entities(given, doc))[-1]
    assert (claim.speaker, claim.speaker_name, claim.speaker_method) == (None, "Paul Girard", SpeakerMethod.CONTINUED)
