"""What the constructions hand on: words, the cue over them, and where the speaker is mentioned."""

from collections.abc import Callable
from dataclasses import dataclass

from language.quotation_marks import Quotation
from schemas.vocabulary import CueClass, SpeakerMethod


@dataclass(slots=True)  # not frozen: made by the hundred, and a frozen one takes four times as long to make
class CueWords:
    """The attributing words: offsets in code points, half-open, with their dictionary form and class."""

    start: int
    end: int
    lemma: str
    cue_class: CueClass
    negated: bool = False


@dataclass(slots=True)
class Source:
    """Where a speaker is mentioned: tokens, half-open, with the token of the head noun, name or pronoun."""

    start: int
    end: int
    head: int
    method: SpeakerMethod


Subject = Callable[[], Source | None]
"""Looks for the mention of who speaks by a cue: only half of the cues have words, and need one."""


@dataclass(slots=True)
class Candidate:
    """A claim before its speaker is resolved.

    Args:
        start, end: the words, in code points, half-open.
        rule: the construction.
        cue: None for a bare quotation.
        source: None where no speaker is expressed.
        quotation: the quotation that the words are, for a direct claim.
        goes_on: the cue has no subject of its own and goes on from the speaker before: "Avant d'ajouter : « P »".
    """

    start: int
    end: int
    rule: str
    cue: CueWords | None
    source: Source | None
    quotation: Quotation | None = None
    goes_on: bool = False
