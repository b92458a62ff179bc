"""The cue lexicon of a language: what is looked up before a text is read word by word."""

import pytest

from language.cues import cue_lexicon


@pytest.mark.parametrize(
    ("first", "seconds"),
    [
        pytest.param("d'", frozenset({"après"}), id="all phrases have a second word"),
        pytest.param("selon", None, id="a word alone is a phrase"),
    ],
)
def test_according_to_second__tells_where_a_phrase_may_go_on(first: str, seconds: frozenset[str] | None) -> None:
    assert cue_lexicon("fr").according_to_second.get(first) == seconds


def test_according_to_second__holds_the_second_word_of_each_phrase() -> None:
    lexicon = cue_lexicon("fr")
    for first, seconds in lexicon.according_to_second.items():
        assert {phrase[1] for phrase in lexicon.according_to[first]} == seconds
