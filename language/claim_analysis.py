"""What the readers of complements share: the text, its cues, and how tokens become a claim."""

from collections.abc import Mapping
from dataclasses import dataclass

from language.claim_candidates import Candidate, CueWords, Source
from language.clause_ends import ClauseEnds
from language.cue_groups import Cue
from language.cues import FINITE, PARTICIPLE
from language.quotation_marks import Quotation
from language.reading import Reading
from schemas.vocabulary import CueClass

Complement = tuple[int, int, str]
"""Tokens, half-open, and the construction."""
_NO_CLAUSE = frozenset({"quoted_only", "about"})


@dataclass(frozen=True, slots=True)
class Analysis:
    """One text with its cues.

    Args:
        reading: the text.
        ends: where its clauses end.
        cues: its cues by head token.
        nouns: the cue nouns of its language.
    """

    reading: Reading
    ends: ClauseEnds
    cues: Mapping[int, Cue]
    nouns: Mapping[str, CueClass]


def claim_of_tokens(
    analysis: Analysis, start: int, end: int, rule: str, words: CueWords, source: Source | None
) -> Candidate:
    """The tokens as a claim; exactly one quotation makes it direct."""
    reading = analysis.reading
    first, last = reading.starts[start], reading.ends[end - 1]
    quotation = _exactly_quoted(analysis, first, last)
    if quotation is not None:
        return Candidate(quotation.start, quotation.end, rule, words, source, quotation)
    return Candidate(first, last, rule, words, source)


def _exactly_quoted(analysis: Analysis, first: int, last: int) -> Quotation | None:
    quotation = analysis.reading.quotation_around(first)
    if quotation is None or first > quotation.start or not quotation.end <= last <= quotation.close:
        return None
    return quotation if first < quotation.start or first == quotation.start == quotation.open + 1 else None


def allowed(analysis: Analysis, cue: Cue, start: int, end: int) -> bool:
    return "quoted_only" not in cue.entry.takes or analysis.reading.has_quotation(start, end)


def has_own_complement(analysis: Analysis, index: int) -> bool:
    """Another cue that may have a complement of its own; not "publié" in "un communiqué publié hier"."""
    cue = analysis.cues.get(index)
    return (
        cue is not None
        and cue.entry.takes.isdisjoint(_NO_CLAUSE)
        and (cue.form is FINITE or (cue.form is PARTICIPLE and cue.start < cue.head))
    )


def takes_the_clause(analysis: Analysis, index: int) -> bool:
    """A noun that takes the clause for itself; not in an adverbial ("à ce propos")."""
    reading = analysis.reading
    return (
        reading.lower[index] in analysis.nouns
        and reading.pos[index] == "NOUN"
        and not any(reading.dep[child] == "case" for child in reading.children(index))
    )


def behind_preposition(analysis: Analysis, cue: Cue, quoted: int) -> bool:
    """ "a assuré au « 20 Heures » que": the quotation names a place or an occasion."""
    reading = analysis.reading
    index = quoted - 1
    while index > cue.end and reading.pos[index] == "DET":
        index -= 1
    word = reading.lower[index]
    if index < cue.end or word in reading.words["genitive"]:
        return False
    return reading.pos[index] == "ADP" and not ("a" in cue.entry.takes and word in reading.words["place_prepositions"])


def quotation_words(reading: Reading, quotation: Quotation) -> list[str]:
    """The words of a quotation, split at spaces."""
    return reading.text[quotation.start : quotation.end].split()


def cue_words(reading: Reading, cue: Cue) -> CueWords:
    """The cue as it goes into the table."""
    return CueWords(
        reading.starts[cue.start], reading.ends[cue.end - 1], cue.entry.lemma, cue.entry.cue_class, cue.negated
    )
