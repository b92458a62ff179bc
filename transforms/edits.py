"""Take pieces out of a text, and keep a record from which the text can be put together again."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.article import Edit
from schemas.vocabulary import EditRule


@dataclass(frozen=True, slots=True, order=True)
class Removal:
    """A half-open range ``[start, end)`` of code points to take out, and why."""

    start: int
    end: int
    rule: EditRule


def take_out(text: str, removals: Iterable[Removal]) -> tuple[str, tuple[Edit, ...]]:
    """`text` without the ranges, and the edits that `put_back` reads.

    Where two ranges overlap, the one that starts first keeps what they share.
    """
    kept: list[str] = []
    edits: list[Edit] = []
    position = kept_chars = 0
    for removal in sorted(removals):
        start = max(removal.start, position)
        if start >= removal.end:
            continue
        kept.append(text[position:start])
        kept_chars += start - position
        edits.append(Edit(removal.rule, kept_chars, text[start : removal.end]))
        position = removal.end
    kept.append(text[position:])
    return "".join(kept), tuple(edits)


def put_back(text: str, edits: Iterable[Edit]) -> str:
    """The text as it was extracted: every removed piece back in its place, from the last edit to the first."""
    for edit in reversed(tuple(edits)):
        text = text[: edit.at] + edit.removed + text[edit.at :]
    return text
