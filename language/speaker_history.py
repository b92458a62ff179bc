"""Who was heard so far and in which words, so that the last of them is found without asking all."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.vocabulary import SpeakerMethod


@dataclass(slots=True)  # not frozen: made by the hundred, and a frozen one takes four times as long to make
class Speaker:
    """Who speaks.

    Args:
        name: fullest name, or the description of somebody unnamed; None where it cannot be known.
        entity_id: of the entity, where it is one.
        method: how it was found.
        gender, plural, person: as far as known, for later pronouns.
    """

    name: str | None
    entity_id: str | None
    method: SpeakerMethod | None
    gender: str | None = None
    plural: bool = False
    person: bool = False


UNKNOWN = Speaker(None, None, None)


@dataclass(slots=True)
class Heard:
    """A speaker at the token where he was mentioned, with the noun that described him.

    Args:
        reported: he is mentioned in the words of somebody else.
    """

    at: int
    speaker: Speaker
    noun: str | None
    reported: bool = False


@dataclass(slots=True)
class Said:
    """A claim, in code points, whose speaker is known; `direct` where it is a quotation."""

    start: int
    end: int
    speaker: Speaker
    direct: bool


class HeardSpeakers:
    """The speakers heard so far, in the order of their claims; their mentions need not be in that order."""

    def __init__(self) -> None:
        self._heard: list[Heard] = []
        self._furthest: list[int] = []
        self._by_noun: dict[str, list[Heard]] = defaultdict(list)
        self._first_spoke: dict[str, int] = {}
        self._last_of_own: Heard | None = None

    def add(self, heard: Heard) -> None:
        self._heard.append(heard)
        self._furthest.append(max(heard.at, self._furthest[-1] if self._furthest else heard.at))
        if heard.noun is not None:
            self._by_noun[heard.noun].append(heard)
        if not heard.reported:
            self._last_of_own = heard
            name = heard.speaker.entity_id
            if name is not None:
                self._first_spoke[name] = min(heard.at, self._first_spoke.get(name, heard.at))

    def last(self) -> Heard | None:
        """The last of those who are not mentioned in somebody's words, else of all."""
        return self._last_of_own or (self._heard[-1] if self._heard else None)

    def back_to(self, floor: int, before: int) -> Iterator[Heard]:
        """Those mentioned at the tokens [floor, before), the last claim's first."""
        for index in range(len(self._heard) - 1, -1, -1):
            if self._furthest[index] < floor:
                return
            if floor <= self._heard[index].at < before:
                yield self._heard[index]

    def described_as(self, noun: str) -> Sequence[Heard]:
        """Those who were described by this noun."""
        return self._by_noun.get(noun, ())

    def spoke_before(self, entity_id: str, token: int) -> bool:
        """The entity was heard, not in somebody's words, at a mention before the token."""
        return self._first_spoke.get(entity_id, token) < token


class Sayings:
    """The claims with a known speaker so far; add them in text order of their starts."""

    def __init__(self) -> None:
        self._said: list[Said] = []
        self._starts: list[int] = []
        self._furthest: list[int] = []

    def add(self, said: Said) -> None:
        self._said.append(said)
        self._starts.append(said.start)
        self._furthest.append(max(said.end, self._furthest[-1] if self._furthest else said.end))

    def around(self, offset: int) -> Said | None:
        """The innermost that holds the offset; of equally long ones the first."""
        innermost: Said | None = None
        for index in range(bisect_right(self._starts, offset) - 1, -1, -1):
            if self._furthest[index] <= offset:
                break
            said = self._said[index]
            if offset < said.end and (innermost is None or said.end - said.start <= innermost.end - innermost.start):
                innermost = said
        return innermost


class Stretches:
    """A union of spans: whether an offset lies in any of them.

    Args:
        spans: half-open, in any order.
    """

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(end, self._ends[-1])
            else:
                self._starts.append(start)
                self._ends.append(end)

    def holds(self, offset: int) -> bool:
        number = bisect_right(self._starts, offset) - 1
        return number >= 0 and offset < self._ends[number]
