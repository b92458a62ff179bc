"""Indirect questions: "se demande si P", "demande au maire pourquoi P"; the opening word is part of the words."""

from language.claim_analysis import Analysis, has_own_complement
from language.cue_groups import Cue

_REACH = 8
"""Tokens between cue and question: an addressee fits in."""
_MIN_TOKENS = 3
_CONSTRUCTIONS = frozenset({"if", "why"})


def indirect_question(analysis: Analysis, cue: Cue, limit: int) -> tuple[int, int, str] | None:
    if cue.passive or cue.entry.takes.isdisjoint(_CONSTRUCTIONS) or _has_object(analysis, cue):
        return None
    reading = analysis.reading
    openers = frozenset[str]()
    if "if" in cue.entry.takes:
        openers |= reading.words["if_words"]
    if "why" in cue.entry.takes:
        openers |= reading.words["question_words"]
    for index in range(cue.end, min(limit, cue.end + _REACH)):
        word = reading.lower[index]
        if word in openers:
            end = analysis.ends.end_of(index, limit, cue)
            return (index, end, "question") if end - index >= _MIN_TOKENS else None
        if word in (",", ":", ";") or reading.is_finite(index) or has_own_complement(analysis, index):
            return None
        if reading.in_quotation[index] != reading.in_quotation[cue.head]:
            return None
    return None


def _has_object(analysis: Analysis, cue: Cue) -> bool:
    """ "demande des renforts si …" is a condition, "demande au maire si …" a question."""
    reading = analysis.reading
    if cue.end >= len(reading.lower):
        return False
    article = reading.lower[cue.end] in reading.words["determiners"]
    return article or reading.pos[cue.end] in ("DET", "NOUN", "PROPN", "NUM")
