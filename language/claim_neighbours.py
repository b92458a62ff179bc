"""The claims found so far, looked up by place: what touches, precedes or follows a quotation."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from language.claim_candidates import Candidate
from language.reading import Reading


def _place(claim: Candidate) -> tuple[int, int]:
    return claim.start, claim.end


class Neighbours:
    """Claims in text order. A claim is as long as a sentence at most, so its neighbours are near: looking them up
    takes the time of a few claims, however many an article has."""

    def __init__(self, claims: Iterable[Candidate]) -> None:
        self._claims = sorted(claims, key=_place)
        self._starts = [c.start for c in self._claims]
        self._longest = max((c.end - c.start for c in self._claims), default=0)
        self._farthest = max((_reach(c) for c in self._claims), default=0)

    def add(self, claim: Candidate) -> None:
        at = bisect_right(self._claims, _place(claim), key=_place)
        self._claims.insert(at, claim)
        self._starts.insert(at, claim.start)
        self._longest = max(self._longest, claim.end - claim.start)
        self._farthest = max(self._farthest, _reach(claim))

    def touching(self, start: int, end: int) -> Sequence[Candidate]:
        """The claims with a character between two offsets, in order; perhaps some others beside them."""
        first = bisect_left(self._starts, start - self._longest)
        return self._claims[first : bisect_right(self._starts, end)]

    def last_before(self, offset: int) -> Candidate | None:
        """Of the claims with a cue that end at `offset` or before it the one that is over last, cue included."""
        best: Candidate | None = None
        for index in range(bisect_right(self._starts, offset) - 1, -1, -1):
            claim = self._claims[index]
            if best is not None and claim.start + self._farthest < best.start + _reach(best):
                break
            if claim.end > offset or claim.cue is None:
                continue
            if best is None or (claim.start + _reach(claim), claim.start) >= (best.start + _reach(best), best.start):
                best = claim
        return best

    def next_quoted(self, reading: Reading, offset: int) -> Candidate | None:
        """The next quotation with a cue from `offset` on, if no word stands between."""
        text, word = reading.text, offset
        while word < len(text) and not text[word].isalnum():
            word += 1
        for index in range(bisect_left(self._starts, offset), len(self._claims)):
            claim = self._claims[index]
            if claim.start > word:
                return None
            if claim.quotation is not None and claim.cue is not None:
                return claim
        return None


def _reach(claim: Candidate) -> int:
    """Code points from the start of a claim to where it and its cue are over."""
    return max(claim.end, claim.cue.end if claim.cue else 0) - claim.start
