"""The text as the language model reads it: same length, fewer spellings of the same sign.

News text mixes straight and curly apostrophes, ordinary and no-break spaces. A model that is trained on
one of them is weak on the others, and spaCy makes a token of its own of every no-break space. So each
sign is replaced by *one* code point of the same meaning before analysis, at training and at run time
alike. Offsets into the analysis text are therefore offsets into the article's text, which stays untouched.
"""

import re
from collections.abc import Iterator

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_APOSTROPHES = "\u2019\u02bc\u2032\u02b9\u00b4\uff07"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\uff02\u2033"
_HYPHENS = "\u2010\u2011\u00ad"
_SIGNS = ((_SPACES, " "), (_APOSTROPHES + "‘", "'"), (_DOUBLE_QUOTES, '"'), (_HYPHENS, "-"))

MAX_CHUNK_CHARS = 10_000
"""Longest piece given to the model at once, in code points: about 1,700 words, some 20 MB of activations."""

_PARAGRAPH = re.compile(r"[^\n]*\n*")


def analysis_text(text: str) -> str:
    """Replace typographic variants by one sign each; the result has the same length as `text`."""
    for variants, sign in _SIGNS:
        for variant in variants:
            text = text.replace(variant, sign)  # of the few that a text holds: `str.translate` takes five times as long
    return text


def paragraph_chunks(text: str, max_chars: int = MAX_CHUNK_CHARS) -> Iterator[str]:
    """Cut `text` after each run of line breaks, so that no sentence or name crosses a paragraph.

    The pieces joined are `text` again. A paragraph above `max_chars` code points is cut at the last space
    before the limit (or at the limit, if it has none): memory stays bounded on any input.
    """
    for match in _PARAGRAPH.finditer(text):
        piece = match.group()
        while len(piece) > max_chars:
            cut = piece.rfind(" ", max_chars // 2, max_chars) + 1 or max_chars
            yield piece[:cut]
            piece = piece[cut:]
        if piece:
            yield piece
