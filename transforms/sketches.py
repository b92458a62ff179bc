"""What the sentences of a text say, in 16 bytes each: enough to tell an edited sentence from a template filled anew.

Two texts may share most of their words and tell different news (a weather report and the next day's), or the same
news in other words. An edited copy keeps whole sentences: about the same words, and the same numbers and names.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias
from zlib import crc32

from transforms.fingerprints import folded

MIN_SENTENCE_WORDS = 3
"""Shorter ones ("Lire aussi") say nothing of their own."""
MAX_SENTENCES = 300
"""Comparing two texts takes the product of their numbers; longer texts are compared by their first sentences."""
MIN_SHARED_WORDS = 0.5
"""Share of all the words of two sentences that both must have: half."""

MIN_TELLING_WORDS = 6
"""Shorter sentences stand in many articles."""
SKETCH_DIGITS = 32
_FACT_BITS, _WORD_BITS = 48, 80
_WORDS = (1 << _WORD_BITS) - 1
_BREAK = re.compile(r"(?<=[.!?…»”])\s+|\n+")
_TOKEN = re.compile(r"\w+")

_Sentence: TypeAlias = tuple[int, int]
"""The bits of its facts, and those of its words."""


def sentence_sketches(text: str) -> str:
    """32 hexadecimal digits for each sentence of 3 words and more, in the order of the text.

    The first 12 are a set of 48 bits, one for each number and each capitalised word but the first; the others one of
    80 bits, one for each word, without regard to case and accents (Bloom filters with one hash function, CRC-32).
    """
    return "".join(f"{sketch:0{SKETCH_DIGITS}x}" for sketch in _sketches(text))


def _sketches(text: str) -> Iterator[int]:
    found = 0
    for sentence in _BREAK.split(text):
        tokens = _TOKEN.findall(sentence)
        if len(tokens) < MIN_SENTENCE_WORDS:
            continue
        facts = (token for n, token in enumerate(tokens) if token[0].isdigit() or (n and token[0].isupper()))
        yield _bits(" ".join(facts), _FACT_BITS) << _WORD_BITS | _bits(sentence, _WORD_BITS)
        found += 1
        if found == MAX_SENTENCES:
            return


def _bits(text: str, size: int) -> int:
    bits = 0
    for word in folded(text).encode("utf-8", "surrogatepass").split():
        bits |= 1 << crc32(word) % size
    return bits


def telling_sentences(sketches: str) -> Iterator[str]:
    """The sketches of the sentences that have words enough to be somebody's own."""
    for sketch in _split(sketches):
        if (int(sketch, 16) & _WORDS).bit_count() >= MIN_TELLING_WORDS:
            yield sketch


def common_share(first: str, second: str) -> float:
    """The share of two texts' words that stand in sentences which both have, edited or not; by their sketches.

    The words of a sentence without numbers and names count half: many articles may have that sentence.
    """
    a, b = (list(map(_sentence, _split(sketches))) for sketches in (first, second))
    whole = sum(map(_weight, a)) + sum(map(_weight, b))
    return (_found(a, b) + _found(b, a)) / whole if whole else 0.0


def _sentence(sketch: str) -> _Sentence:
    number = int(sketch, 16)
    return number >> _WORD_BITS, number & _WORDS


def _split(sketches: str) -> list[str]:
    return [sketches[n : n + SKETCH_DIGITS] for n in range(0, len(sketches), SKETCH_DIGITS)]


def _weight(sentence: _Sentence) -> int:
    facts, words = sentence
    return words.bit_count() * (2 if facts else 1)


def _found(sentences: list[_Sentence], others: list[_Sentence]) -> int:
    """The weight of those `sentences` that are among `others`."""
    exact = set(others)
    return sum(_weight(s) for s in sentences if s in exact or _is_edited(s, others))


def _is_edited(sentence: _Sentence, others: list[_Sentence]) -> bool:
    """One of the others has half of the words, and not each a number or a name that the other lacks."""
    facts, words = sentence
    for other_facts, other_words in others:
        if (facts & other_facts) in (facts, other_facts):  # most pairs of sentences end here
            shared = (words & other_words).bit_count()
            if shared >= MIN_SHARED_WORDS * (words | other_words).bit_count():
                return True
    return False
