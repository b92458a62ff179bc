"""Numbers that stand for a text: its words counted, its content hashed, its likeness to others."""

import hashlib
import re
import unicodedata

from trafilatura.deduplication import Simhash

_WORD = re.compile(r"\w+")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SIMHASH_BITS = 64


def word_count(text: str) -> int:
    """Runs of letters, digits and underscores."""
    return sum(1 for _ in _WORD.finditer(text))


def folded(text: str) -> str:
    """The words of `text` in lower case, without accents and punctuation, one space between them."""
    return " ".join(_WORD.findall(_ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))))


def content_hash(folded_text: str) -> str:
    """SHA-256 of a `folded` text, as 64 hexadecimal digits."""
    return hashlib.sha256(folded_text.encode("utf-8", "surrogatepass")).hexdigest()


def simhash(folded_text: str) -> int:
    """Charikar's similarity hash of a `folded` text, as a signed 64-bit integer (Parquet has no better type
    that every engine reads).

    trafilatura's: BLAKE2b of each of the longer words, one vote a bit; no random, no clock, no process state.
    """
    unsigned: int = Simhash(folded_text, length=_SIMHASH_BITS).hash
    return unsigned - (1 << _SIMHASH_BITS) if unsigned >> (_SIMHASH_BITS - 1) else unsigned
