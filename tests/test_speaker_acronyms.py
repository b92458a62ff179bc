"""Acronyms have the long form that the article gives."""

import pytest

from language.speaker_acronyms import long_form


@pytest.mark.parametrize(
    ("text", "acronym", "expected"),
    [
        pytest.param("L'Union des ports libres (UPL) proteste.", "UPL", "Union des ports libres", id="small-words"),
        pytest.param("La Société des Écrivains ( SE ) a dit.", "SE", "Société des Écrivains", id="accent-and-spaces"),
        pytest.param("L'UPL (Union des ports libres) proteste.", "UPL", "Union des ports libres", id="behind"),
        pytest.param("L'UPL (née à Brest hier soir) proteste.", "UPL", None, id="no-name-behind"),
        pytest.param(
            "L'Office des ports français (OP) agit.", "OP", "Office des ports français", id="adjective-left-out"
        ),
        pytest.param("L'Union des ports (UPL) proteste.", "UPL", None, id="other-initials"),
        pytest.param("L'Union des ports libres proteste.", "UPL", None, id="no-brackets"),
        pytest.param("Le Port (port) ferme.", "port", None, id="no-acronym"),
    ],
)
def test_long_form__brackets(text: str, acronym: str, expected: str | None) -> None:
    assert long_form(text, acronym) == expected
