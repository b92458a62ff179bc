"""Mentions of one article agree: dashes, majority labels, repeats."""

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from language.ner_consistency import apply, consistent_entities


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("fr")


def marked(nlp: Language, text: str) -> Doc:
    """A Doc from text with mentions written ``[words|LABEL]``."""
    plain, spans = "", []
    for position, piece in enumerate(text.replace("]", "[").split("[")):
        if position % 2:
            words, label = piece.split("|")
            spans.append((len(plain), len(plain) + len(words), label))
            plain += words
        else:
            plain += piece
    doc = nlp.make_doc(plain)
    ents = [doc.char_span(start, end, label=label) for start, end, label in spans]
    assert None not in ents, "a mention is not made of whole tokens"
    doc.ents = [ent for ent in ents if ent is not None]
    return doc


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param("Il pleut.", [], id="no-mention"),
        pytest.param("[Pérou - Chili|LOC] à 18 heures", [("Pérou", "LOC"), ("Chili", "LOC")], id="two-places"),
        pytest.param("[Pérou – Chili - Japon|LOC]", [("Pérou", "LOC"), ("Chili", "LOC"), ("Japon", "LOC")], id="three"),
        pytest.param("la [course Gand - Wevelgem|EVENT]", [("course Gand - Wevelgem", "EVENT")], id="event-keeps-dash"),
        pytest.param("[Bourg-en-Bresse|LOC] dort", [("Bourg-en-Bresse", "LOC")], id="hyphens-stay"),
        pytest.param("[- Pérou|LOC] gagne", [("Pérou", "LOC")], id="dash-first"),
        pytest.param(
            "[Rosa Ferrand|PER] parle.\n\n[Ferrand|LOC] se tait.",
            [("Rosa Ferrand", "PER"), ("Ferrand", "PER")],
            id="end-of-a-full-name",
        ),
        pytest.param(
            "[Vesoul|LOC], [Vesoul|LOC], [Rosa Vesoul|PER]",
            [("Vesoul", "LOC"), ("Vesoul", "LOC"), ("Rosa Vesoul", "PER")],
            id="two-mentions-outweigh-a-full-name",
        ),
        pytest.param(
            "[Acmé|LOC] vend, [Acmé|ORG] achète, [Acmé|ORG] paie",
            [("Acmé", "ORG"), ("Acmé", "ORG"), ("Acmé", "ORG")],
            id="majority",
        ),
        pytest.param("[Acmé|ORG] et [Acmé|LOC]", [("Acmé", "ORG"), ("Acmé", "LOC")], id="equals-stay"),
        pytest.param("[2016|DATE] et [2016|TIME]", [("2016", "DATE"), ("2016", "TIME")], id="dates-do-not-vote"),
        pytest.param("[Acmé|ORG] vend. Acmé paie.", [("Acmé", "ORG"), ("Acmé", "ORG")], id="repeat"),
        pytest.param(
            "[Banque Acmé|ORG] et [Acmé|PER]. Banque Acmé, Banque",
            [("Banque Acmé", "ORG"), ("Acmé", "PER"), ("Banque Acmé", "ORG")],
            id="longest-repeat",
        ),
        pytest.param("[Orange|ORG] vend une orange.", [("Orange", "ORG")], id="repeat-needs-the-same-case"),
        pytest.param("Le [UE|ORG], UE", [("UE", "ORG")], id="two-letters-are-not-repeated"),
        pytest.param("[Ferrand|PER], Ferrand", [("Ferrand", "PER")], id="persons-are-not-repeated"),
        pytest.param("[hier|DATE], hier", [("hier", "DATE")], id="dates-are-not-repeated"),
    ],
)
def test_consistent_entities__cases(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    doc = marked(nlp, text)
    assert [(ent.text, ent.label_) for ent in consistent_entities(doc)] == expected


def test_apply__replaces_the_mentions(nlp: Language) -> None:
    doc = marked(nlp, "[Acmé|ORG] vend. Acmé paie.")
    apply(doc)
    assert [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] == [(0, 4, "ORG"), (11, 15, "ORG")]


def test_consistent_entities__twice_is_once(nlp: Language) -> None:
    doc = marked(nlp, "[Rosa Ferrand|PER], [Ferrand|LOC], Ferrand, [Pérou - Chili|LOC] - Chili")
    apply(doc)
    once = [(ent.text, ent.label_) for ent in doc.ents]
    apply(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == once
