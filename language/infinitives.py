"""The infinitive of a cue: "reconnaît avoir P", "promet de P", "s'engage à P"."""

from language.claim_analysis import (
    Analysis,
    allowed,
    behind_preposition,
    has_own_complement,
    takes_the_clause,
)
from language.cue_groups import Cue
from language.reading import Reading

_REACH_INFINITIVE = 20
_MARKED = frozenset({"de", "a"})
_CONSTRUCTIONS = _MARKED | {"inf"}


def infinitive(analysis: Analysis, cue: Cue, limit: int) -> tuple[int, int, str] | None:
    reading = analysis.reading
    takes = cue.entry.takes
    if takes.isdisjoint(_CONSTRUCTIONS):
        return None
    markers = reading.words.markers_of[takes & _MARKED]
    bare = "inf" in takes and not cue.has_object
    if not bare and markers.isdisjoint(reading.lower[cue.end : min(limit, cue.end + _REACH_INFINITIVE)]):
        return None
    lower, is_finite, that = reading.lower, reading.is_finite, reading.words["that"]
    for index in range(cue.end, min(limit, cue.end + _REACH_INFINITIVE)):
        word = lower[index]
        if word in that or is_finite(index) or word in (":", ";"):
            return None
        if index in analysis.cues and has_own_complement(analysis, index):
            return None
        if word in analysis.nouns and takes_the_clause(analysis, index):
            return None
        if word in markers and reading.lower[index - 1] not in reading.words["not_before_marker"]:
            start = index + 1
        elif bare and _may_start_infinitive(analysis, cue, index):
            start = index
        else:
            continue
        start = _behind_adverb(analysis, start, limit)
        verb = _infinitive_at(analysis, start, limit)
        if verb is not None and reading.lower[verb] not in reading.words["not_infinitives"]:
            if reading.lower[start - 1] == "[":
                start -= 1  # "affirme « [avoir payé] les repas »"
            end = analysis.ends.end_of(start, limit, cue, clause=False)
            if end <= verb or not allowed(analysis, cue, start, end):
                return None
            return start, end, "infinitive"
        opens_quotation = index > cue.end and reading.in_quotation[index] not in (
            reading.in_quotation[cue.head],
            reading.in_quotation[index - 1],
        )
        if opens_quotation and not behind_preposition(analysis, cue, index):
            return None
    return None


def _may_start_infinitive(analysis: Analysis, cue: Cue, index: int) -> bool:
    """Not behind a preposition: "a reconnu (auprès de l'agence) avoir menti", not "pour partir"."""
    reading = analysis.reading
    if index == cue.end:
        return True
    if cue.passive:
        return False  # "est estimé d'après les dents qui peuvent atteindre …"
    before = index - 1
    while before > cue.end and (reading.is_quote_sign(before) or reading.lower[before] in reading.words["clitics"]):
        before -= 1
    direct_object = reading.pos[cue.end] == "DET" and not reading.is_date(cue.end, index)
    return reading.pos[before] != "ADP" and not direct_object


def _behind_adverb(analysis: Analysis, start: int, limit: int) -> int:
    """ "annonce officiellement soutenir X": an adverb before the infinitive is the cue's."""
    reading = analysis.reading
    while start + 1 < limit and reading.pos[start] == "ADV":
        if (
            reading.lower[start] in reading.words["negation_adverbs"]
            or reading.lower[start] in reading.words["negations"]
        ):
            break
        start += 1
    return start


def _infinitive_at(analysis: Analysis, start: int, limit: int) -> int | None:
    """The infinitive that begins at `start`, behind negation, clitics and an opening mark."""
    reading = analysis.reading
    for index in range(start, min(limit, start + 5)):
        word = reading.lower[index]
        if reading.is_capitalized(index) and reading.in_quotation[index] < 0:
            return None  # "a annoncé sur France Inter"
        if reading.is_infinitive(index):
            return index
        if index == start and _looks_infinitive(reading, index, limit):
            return index
        after_clitic = index > start and reading.pos[index - 1] == "PRON"
        if after_clitic and reading.pos[index] != "ADJ" and word.endswith(tuple(reading.words["infinitive_endings"])):
            return index
        skipped = word in reading.words["clitics"] or word in reading.words["negation_adverbs"]
        if not (skipped or reading.is_quote_sign(index) or reading.pos[index] == "ADV"):
            return None
    return None


def _looks_infinitive(reading: Reading, index: int, limit: int) -> bool:
    """An infinitive that the tagger took for a noun: "de reconstruire l'école"; nouns stand before no article."""
    ends = reading.lower[index].endswith(tuple(reading.words["infinitive_endings"]))
    return ends and index + 1 < limit and reading.pos[index + 1] in ("DET", "PRON")
