"""The language of a text: its words, checked against what was declared."""

import pytest

from transforms.language_identification import identify_language, language_code

FRENCH = "Le préfet a déclaré que la situation était sous contrôle et que les secours étaient sur place. " * 4
ENGLISH = "The prefect said that the situation was under control and that help was on its way to the town. " * 4


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("fr", "fr"),
        ("fr-FR", "fr"),
        ("fr_CA.UTF-8", "fr"),
        ("nb-NO", "no"),
        ("FR", "fr"),
        ("français", None),
        ("", None),
        (None, None),
    ],
)
def test_language_code__declaration__gives_code(declared: str | None, code: str | None) -> None:
    assert language_code(declared) == code


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        pytest.param(FRENCH, (), "fr", id="words-alone"),
        pytest.param(FRENCH, ("en",), "fr", id="certain-words-against-a-template"),
        pytest.param("Bonjour", ("fr", None), "fr", id="too-short-declared"),
        pytest.param(ENGLISH, (None, "en-GB"), "en", id="both-agree"),
        pytest.param("12 34", (), None, id="nothing-to-know"),
        pytest.param("12 34", ("it",), "it", id="nothing-to-know-but-declared"),
    ],
)
def test_identify_language__text__gives_language(
    text: str, declared: tuple[str | None, ...], language: str | None
) -> None:
    assert identify_language(text, declared)[0] == language


def test_identify_language__long_french__score_is_certain() -> None:
    assert identify_language(FRENCH) == ("fr", 1.0)
