"""Look up spans by offset without walking through all of them."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar


class Span(Protocol):
    """Anything from one offset to another, half-open."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


SpanT = TypeVar("SpanT", bound=Span)


class Inside(Generic[SpanT]):
    """Answers which of some spans lie inside another, in time that grows with the answer alone.

    Args:
        spans: sorted by start.
    """

    def __init__(self, spans: Sequence[SpanT]) -> None:
        self._spans = spans
        self._starts = [span.start for span in spans]

    def of(self, start: int, end: int) -> list[SpanT]:
        """The spans within two offsets, in order."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [span for span in self._spans[first:last] if span.end <= end]
