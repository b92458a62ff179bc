"""Text in the wrong encoding: only what is sure is mended, and the quick look misses none of it."""

import pytest
from ftfy.badness import MOJIBAKE_CATEGORIES, is_bad
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.mojibake import _SUSPICIOUS, mend

_IN_MOJIBAKE = st.from_regex(
    "[" + "".join(MOJIBAKE_CATEGORIES.values()) + "\u0152\u0153°²³ÂÃÎÐØÙàВГРСΒΓΞΟβā€ A-Za-z.]{1,8}"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le maire a parlÃ© hier.", "Le maire a parlé hier."),
        ("Lâ€™eau monte.\nL’été arrive.", "L’eau monte.\nL’été arrive."),
        ("« Ça ira », dit-elle à Noël ; l’œuvre d’Émile, 3 €.", "« Ça ira », dit-elle à Noël ; l’œuvre d’Émile, 3 €."),
        ("Plain words.", "Plain words."),
    ],
    ids=["accent", "apostrophe-in-one-line", "french", "ascii"],
)
def test_mend__is_sure_or_leaves_the_text(text, expected):
    assert mend(text) == expected


@settings(max_examples=500)
@given(_IN_MOJIBAKE)
@example("a Ã ")
@example("Â ")
@example("œ.")
@example("Ø\xa0Ù\xa0")
@example("β€™")
@example("\x9d")
def test_mend__whatever_ftfy_calls_bad__is_suspicious(text):
    assert not is_bad(text) or any(expression.search(text) for expression in _SUSPICIOUS)
