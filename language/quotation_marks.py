"""Find quotations in a text and repair their marks; no language model, no language.

Marks come in every state in the wild: with or without spaces, glued to the word before, opened by one sign
and closed by another, opened again at every paragraph, never closed. A mark is read by its sign where the
sign has a direction (« ‹ “ „) and by its neighbours where it has none (" '). A quotation never crosses a
line break: one that goes on is opened again by custom, and one that does not is no longer recognisable.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from schemas.vocabulary import QuoteStatus

MAX_UNCLOSED_CHARS = 1_200
"""Above this an unclosed quotation ends at its first sentence: a forgotten mark, not a long speech."""
HORIZON_MARKS = 200
"""How many marks of a paragraph are looked at, ahead and back, for the partner of one: the time stays linear on
a line of nothing but marks, and no real paragraph has as many."""

_GUILLEMETS, _DOUBLE, _SINGLE = "guillemets", "double", "single"
_FAMILY = dict.fromkeys("«»", _GUILLEMETS) | dict.fromkeys('"“”„‟＂', _DOUBLE) | dict.fromkeys("'’‘‚‛‹›", _SINGLE)
_ALWAYS_OPEN, _ALWAYS_CLOSE = "«‹„‚", "»›"
_MARK = re.compile("[" + "".join(_FAMILY) + "]")
_MAY_OPEN = re.compile(rf"[{''.join(sorted(_FAMILY.keys() - set(_ALWAYS_CLOSE)))}](?<![^\W_]['’])")
"""A line without one of these holds no quotation: most apostrophes stand behind a letter."""
_LINE = re.compile(r"[^\n]+")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|\w+qu|entr|aujourd|presqu)\s?$", re.IGNORECASE)
"""A word that loses its vowel before an apostrophe ("l' Iran", "qu 'il"): the sign after it is no mark."""
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)")
_EDGE_SPACE_AND_MARKS = " \t\u00a0\u202f\u2009"


@dataclass(frozen=True, slots=True)
class Quotation:
    """The words between two marks.

    Args:
        open: offset of the opening mark.
        start, end: the quoted words, without marks and the space inside them, in code points, half-open.
        close: one past the closing mark; equal to `end` where there is none.
        status: closed, repaired or unclosed.
        depth: 0 for a quotation that lies in no other one.
    """

    open: int
    start: int
    end: int
    close: int
    status: QuoteStatus
    depth: int = 0


@dataclass(slots=True)
class _Mark:
    """An opening mark that waits for its closing one."""

    at: int
    family: str


def find_quotations(text: str) -> list[Quotation]:
    """All quotations of `text`, outer before inner, in text order."""
    found: list[Quotation] = []
    for line in _LINE.finditer(text):
        if _MAY_OPEN.search(text, *line.span()):
            found.extend(_in_line(text, *line.span()))
    found.sort(key=lambda q: (q.open, -q.close))
    return _with_depth(found)


def _in_line(text: str, start: int, end: int) -> Iterator[Quotation]:
    marks = [m.start() for m in _MARK.finditer(text, start, end)]
    directions = [_direction(text, at, start, end) for at in marks]
    closing = [at for at, (_, closes) in zip(marks, directions, strict=True) if closes and _FAMILY[text[at]] == _SINGLE]
    waiting: list[_Mark] = []
    for index, (at, (opens, closes)) in enumerate(zip(marks, directions, strict=True)):
        if not opens and not closes:
            continue  # most marks are apostrophes
        sign = text[at]
        family = _FAMILY[sign]
        later = islice(marks, index + 1, index + 1 + HORIZON_MARKS)
        partner = _partner(waiting, family, map(text.__getitem__, later)) if closes else None
        if partner is not None:
            opening = waiting[partner]
            del waiting[partner:]
            status = QuoteStatus.CLOSED if opening.family == family else QuoteStatus.REPAIRED
            yield from _quotation(text, opening.at, at, at + 1, status)
        elif opens and (family != _SINGLE or sign in "‹" or _has_closing(at, closing)):
            waiting.append(_Mark(at, family))
    yield from _unclosed(text, [m for m in waiting if m.family != _SINGLE], marks, end)


def _direction(text: str, at: int, start: int, end: int) -> tuple[bool, bool]:
    """Whether the mark may open and may close; both where its neighbours do not tell."""
    sign = text[at]
    if sign in _ALWAYS_OPEN:
        return True, False
    if sign in _ALWAYS_CLOSE:
        return False, True
    before = text[at - 1] if at > start else " "
    after = text[at + 1] if at + 1 < end else " "
    single = _FAMILY[sign] == _SINGLE
    if single and ((before.isalnum() and after.isalnum()) or _ELISION.search(text, max(start, at - 12), at)):
        return False, False
    if sign == '"' and before.isdigit() and after.isdigit():  # 43"18: seconds or inches
        return False, False
    word_before = before.isalnum() or before in ".,!?…)]%»”€$"
    word_after = after.isalnum() or after in "[(«“‘…'’$€"
    if single:
        return (not before.isalnum() and word_after), (not before.isspace() and not after.isalnum())
    if sign == "“" and not (word_before and not word_after):
        return True, False
    if sign == "”" and not (word_after and not word_before):
        return False, True
    if word_before == word_after:
        return True, True
    return word_after, word_before


def _partner(waiting: list[_Mark], family: str, ahead: Iterable[str]) -> int | None:
    """Index of the opening mark that a closing mark of `family` belongs to."""
    for index in range(len(waiting) - 1, max(-1, len(waiting) - 1 - HORIZON_MARKS), -1):
        if waiting[index].family == family:
            return index
    if family == _SINGLE or not waiting or waiting[-1].family == _SINGLE:
        return None
    # Another sign closes it only if its own does not come before the next opening mark.
    own = waiting[-1].family
    for sign in ahead:
        if _FAMILY[sign] == own:
            return len(waiting) - 1 if sign in _ALWAYS_OPEN else None
    return len(waiting) - 1


def _has_closing(at: int, closing: list[int]) -> bool:
    """Whether a single mark that may close stands more than one letter behind `at`."""
    return bisect_right(closing, at + 2) < len(closing)


def _unclosed(text: str, waiting: list[_Mark], marks: list[int], end: int) -> Iterator[Quotation]:
    """Quotations without a closing mark: up to the next opening mark or the end of the line."""
    for position, opening in enumerate(waiting):
        stop = waiting[position + 1].at if position + 1 < len(waiting) else end
        after = bisect_right(marks, opening.at + 1)
        later = marks[after] if after < len(marks) else stop
        if later < stop:
            # Something else is quoted further on: only the sentences before it are safe.
            stop = _last_sentence_end(text, opening.at + 1, later) or stop
        if stop - opening.at > MAX_UNCLOSED_CHARS:
            first = _SENTENCE_END.search(text, opening.at + 1, stop)
            stop = first.end() if first else opening.at + 1
        again = _opened_again(text, stop, end)
        yield from _quotation(text, opening.at, stop, stop, QuoteStatus.REPAIRED if again else QuoteStatus.UNCLOSED)


def _last_sentence_end(text: str, start: int, end: int) -> int | None:
    ends = [m.end() for m in _SENTENCE_END.finditer(text, start, end)]
    return ends[-1] if ends else None


def _opened_again(text: str, stop: int, end: int) -> bool:
    """The next paragraph begins with an opening mark: by custom this one is not closed."""
    following = text[end : end + 8].lstrip()
    return stop == end and following[:1] in ("«", "“", "‹", '"') and following != ""


def _quotation(text: str, opening: int, end: int, close: int, status: QuoteStatus) -> Iterator[Quotation]:
    start = opening + 1
    while start < end and text[start] in _EDGE_SPACE_AND_MARKS:
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if any(map(str.isalnum, text[start:end])):
        yield Quotation(opening, start, end, max(end, close), status)


def _with_depth(found: list[Quotation]) -> list[Quotation]:
    """Drop quotations that cross another one, and count how deep each lies."""
    kept: list[Quotation] = []
    enclosing: list[Quotation] = []
    for quotation in found:
        while enclosing and enclosing[-1].close <= quotation.open:
            enclosing.pop()
        if enclosing and quotation.close > enclosing[-1].close:
            continue
        depth = len(enclosing)
        enclosing.append(quotation)
        kept.append(replace(quotation, depth=depth) if depth else quotation)
    return kept
