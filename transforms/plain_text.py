"""The second stage of cleaning: take out of a text what is not the article, line by line.

Only whole lines go, and three kinds of line ends: a credit in brackets, a heading glued to a sentence, white
space. No sentence is rewritten. Everything taken out is recorded (see `edits.put_back`).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from schemas.article import Edit
from schemas.vocabulary import EditRule
from transforms.boilerplate import (
    BRACKETED,
    CREDIT,
    CREDIT_LINE,
    DATE_LINE,
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
MAX_BYLINE_CHARS = 80
MIN_REPETITIONS = 3
MIN_REPEATED_WORDS = 4
"""A line of so many words that stands so often in one article is a place-holder; shorter ones are speech."""
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
_BYLINE_WORDS = frozenset({"par", "by", "von", "por", "di", "door", "av", "af", "text", "texte", "de"})


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


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the text from elsewhere.

    Args:
        titles: lines that repeat one of these are taken out.
        title_in_text: the first line that does is the text's own headline and stays.
        authors: their by-lines are taken out.
        from_page: the text was extracted from a page, whose date lines and place-holders go as well.
    """

    titles: tuple[str, ...] = ()
    title_in_text: bool = False
    authors: tuple[str, ...] = ()
    from_page: bool = False


def tidy(text: str, context: Context = Context()) -> tuple[str, tuple[Edit, ...]]:  # noqa: B008 - frozen
    """`text` without captions, read-more blocks, crumbs, repeated titles, control characters and stray space."""
    controls = [Removal(m.start(), m.end(), EditRule.CONTROL_CHARACTERS) for m in _CONTROL.finditer(text)]
    visible = _CONTROL.sub(lambda m: " " * len(m.group()), text) if controls else text
    lines = _lines(visible)
    verdicts = _judge(lines, context)
    return take_out(text, [*controls, *_removals(lines, verdicts, visible)])


def _lines(text: str) -> list[Line]:
    return [
        Line(m.start(), m.end() - m.group().endswith("\n"), m.end(), m.group().removesuffix("\n"))
        for m in _LINE.finditer(text)
    ]


def _judge(lines: Sequence[Line], context: Context) -> list[EditRule | None]:
    """For each line, the rule by which it goes as a whole, or None if it stays."""
    verdicts: list[EditRule | None] = [None] * len(lines)
    filled = [i for i, line in enumerate(lines) if not line.blank]
    for i in filled:
        verdicts[i] = _judge_alone(lines[i].text)
    _judge_links(lines, filled, verdicts)
    _judge_crumbs(lines, filled, verdicts)
    _judge_titles(lines, filled, verdicts, context)
    if context.from_page:
        _judge_page_lines(lines, filled, verdicts, context)
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
    lines: Sequence[Line], filled: Sequence[int], verdicts: list[EditRule | None], context: Context
) -> None:
    wanted = {_words_of(title) for title in context.titles} - {""}
    found = [i for i in filled if verdicts[i] is None and _words_of(lines[i].text) in wanted]
    for i in found[1:] if context.title_in_text else found:
        verdicts[i] = EditRule.REPEATED_TITLE


def _judge_page_lines(
    lines: Sequence[Line], filled: Sequence[int], verdicts: list[EditRule | None], context: Context
) -> None:
    """By-lines and dates that stand in the metadata, and lines that a page repeats as place-holders."""
    names = {word for author in context.authors for word in _words_of(author).split()}
    times = Counter(lines[i].text.strip() for i in filled)
    for i in filled:
        line = lines[i].text.strip()
        if verdicts[i] is not None:
            continue
        if times[line] >= MIN_REPETITIONS and len(_WORD.findall(line)) >= MIN_REPEATED_WORDS:
            verdicts[i] = EditRule.REPEATED_LINE
        elif len(line) <= MAX_BYLINE_CHARS and (DATE_LINE.fullmatch(line) or _is_byline(line, names)):
            verdicts[i] = EditRule.BYLINE


def _is_byline(line: str, names: AbstractSet[str]) -> bool:
    """Nothing but the authors' names, with "Von", "and" and a place at most."""
    words = _words_of(line).split()
    if words and words[0] in _BYLINE_WORDS:
        words = words[1:]
    strangers = sum(word not in names for word in words)
    return bool(words) and words[0] in names and strangers <= min(1, len(words) - 2)


def _words_of(line: str) -> str:
    return " ".join(_WORD.findall(fold(line)))


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
