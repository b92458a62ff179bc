"""The second stage of cleaning: take out of a text what is not the article, line by line.

Only whole lines go, and three kinds of line ends: a credit in brackets, a heading glued to a sentence, white
space. No sentence is rewritten. Everything taken out is recorded (see `edits.put_back`).
"""

import re
from collections.abc import Iterator, Sequence

from schemas.article import Edit
from schemas.vocabulary import EditRule
from transforms.boilerplate import CREDIT, read_more_tail
from transforms.characters import CONTROLS
from transforms.edits import Removal, take_out
from transforms.furniture import Context, Line, judge_lines

_LINE = re.compile(r"[^\n]*\n|[^\n]+$")


def tidy(text: str, context: Context | None = None) -> tuple[str, tuple[Edit, ...]]:
    """`text` without captions, read-more blocks, crumbs, repeated titles, control characters and stray space."""
    controls = [Removal(m.start(), m.end(), EditRule.CONTROL_CHARACTERS) for m in CONTROLS.finditer(text)]
    visible = CONTROLS.sub(lambda m: " " * len(m.group()), text) if controls else text
    lines = _lines(visible)
    verdicts = judge_lines(lines, context or Context())
    return take_out(text, [*controls, *_removals(lines, verdicts)])


def _lines(text: str) -> list[Line]:
    return [
        Line(m.start(), m.end() - m.group().endswith("\n"), m.end(), m.group().removesuffix("\n"))
        for m in _LINE.finditer(text)
    ]


def _removals(lines: Sequence[Line], verdicts: Sequence[EditRule | None]) -> Iterator[Removal]:
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
