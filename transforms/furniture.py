"""Judge the lines of a text: which of them are captions, links, crumbs or repetitions, and by which rule."""

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

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

MAX_CAPTION_CHARS = 300
"""A longer line that ends in a credit, or one of three sentences, is a paragraph with a credit glued to it: only
the credit goes."""
MAX_BYLINE_CHARS = 80
MIN_REPETITIONS = 3
MIN_REPEATED_WORDS = 4
"""A line of so many words that stands so often in one article is a place-holder; shorter ones are speech."""
MAX_LABEL_CHARS = 40
MAX_LABEL_WORDS = 3
"""A label is the alternative text of a picture, left over as a line: "Joe Biden", "troupes"."""

_NEXT_SENTENCE = re.compile(r"[.!?…][»”\"]?\s+[«“\"A-ZÀ-ÖØ-Þ]")
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


def judge_lines(lines: Sequence[Line], context: Context) -> list[EditRule | None]:
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
    if len(line) <= MAX_CAPTION_CHARS and CREDIT.search(line) and len(_NEXT_SENTENCE.findall(line)) <= 1:
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
    again = sum(number for number in times.values() if number >= MIN_REPETITIONS)
    furnished = again <= len(filled) / 2  # a text that repeats itself throughout is no text with place-holders
    for i in filled:
        line = lines[i].text.strip()
        if verdicts[i] is not None:
            continue
        if furnished and times[line] >= MIN_REPETITIONS and len(_WORD.findall(line)) >= MIN_REPEATED_WORDS:
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
