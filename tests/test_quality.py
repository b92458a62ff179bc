"""Quality flags have stated evidence."""

import pytest

from schemas.article import Edit
from schemas.vocabulary import EditRule, QualityFlag
from transforms.quality import flag_text, has_unbalanced_quotes

NUMBER, TRANSLATED = QualityFlag.NUMBER_ARTIFACT, QualityFlag.MACHINE_TRANSLATED


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        pytest.param("Un texte propre de 40.000 mots.", set(), id="clean"),
        pytest.param("Au moins 100 XNUMX unités.", {NUMBER, TRANSLATED}, id="placeholder"),
        pytest.param("Déployer 40.000 15.000 soldats.", {NUMBER}, id="thousands-twice"),
        pytest.param("Entre 40 000 et 15 000 soldats.", set(), id="two-numbers"),
        pytest.param("Cet article a été traduit automatiquement.", {TRANSLATED}, id="notice"),
        pytest.param("Er wurde maschinell übersetzt.", {TRANSLATED}, id="german-notice"),
        pytest.param("Il est parti et puis…", {QualityFlag.TRUNCATED}, id="ellipsis"),
        pytest.param("Il est parti [...] Lire la suite", {QualityFlag.TRUNCATED}, id="read-on"),
        pytest.param("Il hésite… puis part.", set(), id="ellipsis-inside"),
        pytest.param('Il a dit "non.', {QualityFlag.UNCLOSED_QUOTE}, id="open-quote"),
    ],
)
def test_flag_text__text__gives_flags(text: str, flags: set[QualityFlag]) -> None:
    assert flag_text(text, ()) == flags


def test_flag_text__edits__give_flags() -> None:
    edits = (Edit(EditRule.CAPTION, 0, "x"), Edit(EditRule.CONTROL_CHARACTERS, 0, "\0"))
    assert flag_text("Un texte.", edits) == {QualityFlag.CAPTIONS_REMOVED, QualityFlag.ENCODING_REPAIRED}


@pytest.mark.parametrize(
    ("text", "unbalanced"),
    [
        pytest.param("« Un », « deux ».", False, id="french"),
        pytest.param("« Un.\n\n« Deux.\n\n« Trois. »", False, id="one-quotation-over-paragraphs"),
        pytest.param("« Un.\n\nDeux.", True, id="not-closed-before-the-next-paragraph"),
        pytest.param("Il a dit: « Un.", True, id="not-closed-at-the-end"),
        pytest.param("Il a dit » un.", True, id="closed-and-never-opened"),
        pytest.param("„Eins“ und „zwei“.", False, id="german"),
        pytest.param("»Eins« und »zwei«.", False, id="german-books"),
        pytest.param("“One” and ‘two’, it's.", False, id="english"),
        pytest.param('"a" et "b"', False, id="straight"),
        pytest.param('"Un.\n\n"Deux."', False, id="straight-over-paragraphs"),
        pytest.param("Un écran de 5\" et l'été", False, id="inches"),
        pytest.param("» Le fil des événements", False, id="arrow"),
    ],
)
def test_has_unbalanced_quotes__text__is_judged(text: str, unbalanced: bool) -> None:
    assert has_unbalanced_quotes(text) is unbalanced
