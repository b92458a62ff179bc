"""The long form that an article gives for an acronym: "Union des ports libres (UPL)", "UPL (Union des ports libres)"."""

import re

from language.spelling import fold

_ACRONYM = re.compile(r"[A-ZÀ-Þ]{2,8}")
_WORD = re.compile(r"[^\W\d_]+")
_ACRONYM_IN_BRACKETS = re.compile(rf"\(\s*({_ACRONYM.pattern})\s*\)")
_ACRONYM_BEFORE_BRACKETS = re.compile(rf"\b({_ACRONYM.pattern})\s*\(\s*([^()]{{8,120}}?)\s*\)")
"""One pattern for all acronyms: to compile one for each takes longer than to search a whole article."""
_MAX_WORDS = 14
"""Words before the brackets that may belong to a long form, small ones included."""


def long_form(text: str, acronym: str) -> str | None:
    """The words right before "(ACRONYM)", or in brackets behind it, whose initials it is, small words left out; None
    where there are none.

    >>> long_form("L'Union des ports libres (UPL) proteste.", "UPL")
    'Union des ports libres'
    """
    if not _ACRONYM.fullmatch(acronym):
        return None
    letters = fold(acronym).lower()
    for brackets in _ACRONYM_IN_BRACKETS.finditer(text):
        if brackets.group(1) != acronym:
            continue
        before = list(_WORD.finditer(text, max(0, brackets.start() - 200), brackets.start()))[-_MAX_WORDS:]
        for first in reversed(range(len(before))):
            words = [word.group() for word in before[first:]]
            if _abbreviate(words, letters) and before[first].group()[0].isupper():
                return text[before[first].start() : before[-1].end()]
    for brackets in _ACRONYM_BEFORE_BRACKETS.finditer(text):
        inside = brackets.group(2) if brackets.group(1) == acronym else ""
        if inside[:1].isupper() and _initials([word.group() for word in _WORD.finditer(inside)]) == letters:
            return inside
    return None


def _abbreviate(words: list[str], letters: str) -> bool:
    """The letters are the initials of the words, or of all but the adjective at their end: "Office national des ports
    français (ONP)"."""
    whole = _initials(words) == letters
    return whole or (words[-1].islower() and len(words) > 2 and _initials(words[:-1]) == letters)


def _initials(words: list[str]) -> str:
    return "".join(fold(word)[0] for word in words if len(word) > 3 or word[0].isupper()).lower()
