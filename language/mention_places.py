"""The mentions of an article by place: which lie here, which came last, without walking through all of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel


class MentionPlaces:
    """Mentions in text order, none overlapping another, with the first token of each.

    Args:
        mentions: all of an article, or those of one kind.
        tokens: the first token of each.
    """

    def __init__(self, mentions: Sequence[EntityMention], tokens: Sequence[int]) -> None:
        self.mentions = mentions
        self._tokens = tokens

    @cached_property
    def _starts(self) -> list[int]:
        return [m.start for m in self.mentions]

    @cached_property
    def _ends(self) -> list[int]:
        return [m.end for m in self.mentions]

    def labelled(self, label: EntityLabel) -> "MentionPlaces":
        """Those with this label."""
        return self.at([number for number, mention in enumerate(self.mentions) if mention.label is label])

    def only(self, wanted: Callable[[EntityMention], bool]) -> "MentionPlaces":
        """Those of one kind."""
        return self.at([number for number, mention in enumerate(self.mentions) if wanted(mention)])

    def at(self, numbers: Sequence[int]) -> "MentionPlaces":
        """Those with these indices, which are in order."""
        return MentionPlaces([self.mentions[n] for n in numbers], [self._tokens[n] for n in numbers])

    def between(self, first: int, last: int) -> Iterator[tuple[int, EntityMention]]:
        """Those that begin at the tokens [first, last), each with its token."""
        low, high = bisect_left(self._tokens, first), bisect_left(self._tokens, last)
        return zip(self._tokens[low:high], self.mentions[low:high], strict=True)

    def back_from(self, token: int) -> Iterator[tuple[int, EntityMention]]:
        """Those that begin before the token, the last one first."""
        for index in range(bisect_left(self._tokens, token) - 1, -1, -1):
            yield self._tokens[index], self.mentions[index]

    def ended(self, offset: int) -> Iterator[EntityMention]:
        """Those that end at the offset or before it, the last one first."""
        for index in range(bisect_right(self._ends, offset) - 1, -1, -1):
            yield self.mentions[index]

    def touching(self, start: int, end: int) -> Sequence[EntityMention]:
        """Those that share a code point with [start, end), in text order."""
        return self.mentions[bisect_right(self._ends, start) : bisect_left(self._starts, end)]
