"""The second stage of cleaning: take out of a text what is not the article, line by line.

Only whole lines go, and three kinds of line ends: a credit in brackets, a heading glued to a sentence, white
space. No sentence is rewritten. Everything taken out is recorded (see `edits.put_back`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.article import Edit
from schemas.vocabulary import EditRule
from transforms.boilerplate import (
    BRACKETED,
    CREDIT,
    CREDIT_LINE,
    NEWSLETTER,
    ends_sentence,
    fold,
    is_button,
    is_read_more,
    is_read_more_heading,
    read_more_tail,
)
from transforms.edits import Removal, take_out

MAX_CAPTION_CHARS = 300
"""A longer line that ends in a credit is a paragraph with a credit glued to it: only the credit goes."""
MAX_LABEL_CHARS = 40
MAX_LABEL_WORDS = 3
"""A label is the alternative text of a picture, left over as a line: "Joe Biden", "troupes"."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+$")
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\u2060\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
)
_WORD = re.compile(r"\w+")
_CONNECTORS = frozenset({"et", "de", "du", "des", "la", "le", "and", "of", "und", "von", "y", "e", "van", "the"})
_MIN_SHARED_CHARS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text: ``[start, end)`` without its line break, which ends at `next_start`."""

    start: int
    end: int
    next_start: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def tidy(text: str, title: str | None = None, *, title_in_text: bool = False) -> tuple[str, tuple[Edit, ...]]:
    """`text` without captions, read-more blocks, crumbs, repeated titles, control characters and stray space.

    Args:
        title: lines that repeat it are taken out.
        title_in_text: the title was taken from the text and its first occurrence stays.
    """
    controls = [Removal(m.start(), m.end(), EditRule.CONTROL_CHARACTERS) for m in _CONTROL.finditer(text)]
    visible = _CONTROL.sub(lambda m: " " * len(m.group()), text) if controls else text
    lines = _lines(visible)
    verdicts = _judge(lines, title, title_in_text)
    return take_out(text, [*controls, *_removals(lines, verdicts, visible)])


def _lines(text: str) -> list[Line]:
    return [
        Line(m.start(), m.end() - m.group().endswith("\n"), m.end(), m.group().removesuffix("\n"))
        for m in _LINE.finditer(text)
    ]


def _judge(lines: Sequence[Line], title: str | None, title_in_text: bool) -> list[EditRule | None]:
    """For each line, the rule by which it goes as a whole, or None if it stays."""
    verdicts: list[EditRule | None] = [None] * len(lines)
    filled = [i for i, line in enumerate(lines) if not line.blank]
    for i in filled:
        verdicts[i] = _judge_alone(lines[i].text)
    _judge_links(lines, filled, verdicts)
    _judge_crumbs(lines, filled, verdicts)
    if title:
        _judge_titles(lines, filled, verdicts, title, title_in_text)
    return verdicts


def _judge_alone(line: str) -> EditRule | None:
    """What a line is by its own words."""
    if len(line) <= MAX_CAPTION_CHARS and CREDIT.search(line):
        return EditRule.CAPTION
    if CREDIT_LINE.fullmatch(line):
        return EditRule.CREDIT
    if is_read_more(line) and len(line) <= MAX_CAPTION_CHARS:
        return EditRule.READ_MORE
    if BRACKETED.fullmatch(line):
        return EditRule.READ_MORE
    if NEWSLETTER.fullmatch(line):
        return EditRule.NEWSLETTER
    if is_button(line):
        return EditRule.CRUMB
    return None


def _judge_links(lines: Sequence[Line], filled: Sequence[int], verdicts: list[EditRule | None]) -> None:
    """Below a read-more heading without a link of its own, lines that are marked as items of a list."""
    for position, i in enumerate(filled):
        if not (is_read_more_heading(lines[i].text) or read_more_tail(lines[i].text) is not None):
            continue
        for j in filled[position + 1 :]:
            stripped = lines[j].text.strip()
            if not stripped.startswith(("- ", "• ", "· ", "> ", "→", "►", "▶", "* ", "[")) or ends_sentence(stripped):
                break
            verdicts[j] = EditRule.READ_MORE


def _judge_crumbs(lines: Sequence[Line], filled: Sequence[int], verdicts: list[EditRule | None]) -> None:
    """Labels of pictures before a caption, and single letters or words between two sentences."""
    for position, i in enumerate(filled):
        if verdicts[i] is not None:
            continue
        before = filled[position - 1] if position else None
        after = filled[position + 1] if position + 1 < len(filled) else None
        line = lines[i].text.strip()
        captioned = after is not None and verdicts[after] is EditRule.CAPTION
        if captioned and after is not None and _is_label(line, lines[after].text):
            verdicts[i] = EditRule.CRUMB
        elif before is not None and after is not None and _isolated(lines, i):
            ended = verdicts[before] is not None or ends_sentence(lines[before].text)
            opens = lines[after].text.strip()[:1]
            if ended and _is_fragment(line) and not (opens.islower() or opens in "'’"):
                verdicts[i] = EditRule.CRUMB


def _isolated(lines: Sequence[Line], i: int) -> bool:
    return lines[i - 1].blank and lines[i + 1].blank


def _is_label(line: str, caption: str) -> bool:
    words = _WORD.findall(line)
    if len(line) > MAX_LABEL_CHARS or not 1 <= len(words) <= MAX_LABEL_WORDS or ends_sentence(line):
        return False
    named = all(word[0].isupper() or word in _CONNECTORS for word in words)
    shared = {w for w in map(fold, words) if len(w) >= _MIN_SHARED_CHARS} & set(_WORD.findall(fold(caption)))
    return named or line[0].islower() or bool(shared)


def _is_fragment(line: str) -> bool:
    """A single letter, or one word in small letters: no heading and no sentence is that."""
    return (line.isalpha() and line.isascii() and len(line) == 1) or (
        line.isalpha() and line.islower() and len(line) > 1
    )


def _judge_titles(
    lines: Sequence[Line], filled: Sequence[int], verdicts: list[EditRule | None], title: str, title_in_text: bool
) -> None:
    wanted = fold(" ".join(_WORD.findall(title)))
    found = [i for i in filled if verdicts[i] is None and fold(" ".join(_WORD.findall(lines[i].text))) == wanted]
    for i in found[1:] if title_in_text else found:
        verdicts[i] = EditRule.REPEATED_TITLE


def _removals(lines: Sequence[Line], verdicts: Sequence[EditRule | None], text: str) -> Iterator[Removal]:
    """The ranges: whole lines, line ends, blank lines beyond the first, white space around lines."""
    last_kept: Line | None = None
    gap: Line | None = None
    for line, rule in zip(lines, verdicts, strict=True):
        if rule is not None:
            yield Removal(line.start, line.next_start, rule)
            continue
        if line.blank:
            if last_kept is None or gap is not None:
                yield Removal(line.start, line.next_start, EditRule.WHITE_SPACE)
            else:
                gap = line
                if line.end > line.start:
                    yield Removal(line.start, line.end, EditRule.WHITE_SPACE)
            continue
        yield from _within(line)
        last_kept, gap = line, None
    if gap is not None:
        yield Removal(gap.end, gap.next_start, EditRule.WHITE_SPACE)
    if last_kept is not None and last_kept.next_start > last_kept.end:
        yield Removal(last_kept.end, last_kept.next_start, EditRule.WHITE_SPACE)


def _within(line: Line) -> Iterator[Removal]:
    """What goes from a line that stays."""
    start = line.start + len(line.text) - len(line.text.lstrip())
    end = line.start + len(line.text.rstrip())
    if start > line.start:
        yield Removal(line.start, start, EditRule.WHITE_SPACE)
    if end < line.end:
        yield Removal(end, line.end, EditRule.WHITE_SPACE)
    tail = read_more_tail(line.text)
    if tail is not None:
        yield Removal(line.start + tail, end, EditRule.READ_MORE)
    elif (credit := CREDIT.search(line.text)) is not None:
        yield Removal(line.start + credit.start(), end, EditRule.CREDIT)
