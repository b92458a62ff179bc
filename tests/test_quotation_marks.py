"""Quotations are found whatever state their marks are in."""

import pytest

from language.quotation_marks import find_quotations
from schemas.vocabulary import QuoteStatus

CLOSED, REPAIRED, UNCLOSED = QuoteStatus.CLOSED, QuoteStatus.REPAIRED, QuoteStatus.UNCLOSED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Il dit « oui » puis part.", [("oui", CLOSED, 0)], id="guillemets"),
        pytest.param("Il dit «\u202foui\u202f» puis part.", [("oui", CLOSED, 0)], id="no-break-spaces"),
        pytest.param("Il dit «oui» puis part.", [("oui", CLOSED, 0)], id="no-spaces"),
        pytest.param("Il dit “oui” et ”non”.", [("oui", CLOSED, 0), ("non", CLOSED, 0)], id="curly"),
        pytest.param('Il dit "oui" et "non".', [("oui", CLOSED, 0), ("non", CLOSED, 0)], id="straight"),
        pytest.param('Il dit "oui ". Puis "non".', [("oui", CLOSED, 0), ("non", CLOSED, 0)], id="space-before-closing"),
        pytest.param("Un 'oui franc' suffit.", [("oui franc", CLOSED, 0)], id="single"),
        pytest.param("L'élu dit qu'il part, l' autre non.", [], id="apostrophes"),
        pytest.param("L'élu veut 'n'importe quoi'.", [("n'importe quoi", CLOSED, 0)], id="apostrophe-inside-single"),
        pytest.param("« Le “grand” jour »", [("Le “grand” jour", CLOSED, 0), ("grand", CLOSED, 1)], id="nested"),
        pytest.param(
            "« Le « grand » jour »", [("Le « grand » jour", CLOSED, 0), ("grand", CLOSED, 1)], id="nested-same"
        ),
        pytest.param("Le maire Aziz Roy« Le pont rouvre ».", [("Le pont rouvre", CLOSED, 0)], id="glued"),
        pytest.param('Il dit « Le pont rouvre " hier.', [("Le pont rouvre", REPAIRED, 0)], id="other-closing"),
        pytest.param("« Un.\n\n« Deux. »", [("Un.", REPAIRED, 0), ("Deux.", CLOSED, 0)], id="again-each-paragraph"),
        pytest.param("Il dit : « Un. Deux.\n\nTrois.", [("Un. Deux.", UNCLOSED, 0)], id="never-closed"),
        pytest.param("Il dit « Un. Puis « deux ».", [("Un.", UNCLOSED, 0), ("deux", CLOSED, 0)], id="closed-once"),
        pytest.param("Un » mot. « Deux »", [("Deux", CLOSED, 0)], id="never-opened"),
        pytest.param('Il court en 43"18 et 44"02.', [], id="seconds"),
        pytest.param("« » « ! »", [], id="no-words"),
        pytest.param("", [], id="empty"),
    ],
)
def test_find_quotations__text__gives_words_and_status(text: str, expected: list[tuple[str, QuoteStatus, int]]) -> None:
    assert [(text[q.start : q.end], q.status, q.depth) for q in find_quotations(text)] == expected


def test_find_quotations__forgotten_mark__does_not_swallow_the_paragraph() -> None:
    text = "Il dit : « Le pont rouvre. " + "La ville attend depuis un an. " * 60
    (quotation,) = find_quotations(text)
    assert text[quotation.start : quotation.end] == "Le pont rouvre."
    assert quotation.status is UNCLOSED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("L'élu n'a qu’une heure d'avance.", [], id="apostrophes-only"),
        pytest.param(
            "Il l'a dit : 'Partons d'ici demain'.", ["Partons d'ici demain"], id="single-marks-among-apostrophes"
        ),
        pytest.param("'Partons demain', dit-il.\nL'élu reste.", ["Partons demain"], id="at-the-head-of-the-text"),
        pytest.param("L'élu reste.\n’Partons demain’, dit-il.", ["Partons demain"], id="at-the-head-of-a-line"),
        pytest.param("_'Partons demain', dit-il.", ["Partons demain"], id="behind-an-underscore"),
    ],
)
def test_find_quotations__apostrophes__open_none_behind_a_letter(text: str, words: list[str]) -> None:
    assert [text[q.start : q.end] for q in find_quotations(text)] == words
