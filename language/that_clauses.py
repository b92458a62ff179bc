"""The that-clause of a cue: "X affirme, à Lyon, que P"."""

from language.claim_analysis import Analysis, allowed, has_own_complement, takes_the_clause
from language.cue_groups import Cue
from language.cues import FINITE, INFINITIVE
from language.sources import is_causative

_REACH_THAT = 24
"""Tokens between cue and "que": an addressee, a date and an occasion fit in."""
_REACH_BEHIND_ASIDE = 2 * _REACH_THAT
"""The same where the clause of an aside stands between."""
_MAX_OPENING_ASIDE = 8
_MIN_NOUN_TOKENS = 2


def that_clause(analysis: Analysis, cue: Cue, limit: int) -> tuple[int, int, str] | None:
    if "que" not in cue.entry.takes and "quote" not in cue.entry.takes:
        return None
    if cue.passive and "addressee" not in cue.entry.takes and not _is_impersonal(analysis, cue):
        return None
    that = _that(analysis, cue, limit)
    if that is None:
        return None
    start = _behind_opening_aside(analysis, that + 1, limit)
    restrictive = cue.negated and not _fully_negated(analysis, cue)
    end = analysis.ends.end_of(start, limit, cue, clause=not restrictive) if start < limit else start
    quoted = analysis.reading.has_quotation(start, end)
    of_noun = "noun_cue" in cue.entry.takes and any(
        analysis.reading.lower[i] in analysis.nouns for i in range(cue.end, that)
    )
    if "que" not in cue.entry.takes and not of_noun and not quoted:
        return None
    if end - start < 2 or not allowed(analysis, cue, start, end):
        return None
    if restrictive and not quoted and not any(_is_verb(analysis, i) for i in range(start, end)):
        if analysis.reading.lower[start] in analysis.reading.words["genitive"]:
            return None  # "ne relève que du droit civil"
        return (start, end, "noun") if end - start >= _MIN_NOUN_TOKENS else None
    return start, end, "que"


def _is_impersonal(analysis: Analysis, cue: Cue) -> bool:
    """ "il a été annoncé que", "comme annoncé que": not "le vote est contesté que par …"."""
    reading = analysis.reading
    if cue.start == cue.head:
        return True
    return any(
        word in reading.words["impersonal"] for word in reading.lower[max(0, cue.first - 2) : cue.first + 1]
    ) or (cue.inverted is not None)


def _fully_negated(analysis: Analysis, cue: Cue) -> bool:
    """ "ne … pas", not the "ne … que" of a restriction."""
    around = analysis.reading.lower[max(0, cue.first - 2) : cue.end + 1]
    full = analysis.reading.words["negation_adverbs"] | analysis.reading.words["negative_subjects"]
    return any(word in full for word in around)


def _is_verb(analysis: Analysis, index: int) -> bool:
    return analysis.reading.pos[index] in ("VERB", "AUX")


def _behind_opening_aside(analysis: Analysis, start: int, limit: int) -> int:
    """Past what stands between "que" and its clause: "que, pour eux, P"."""
    reading = analysis.reading
    while start < limit and (reading.is_space(start) or reading.lower[start] == "'"):
        start += 1
    if start < limit and reading.lower[start] == ",":
        for index in range(start + 1, min(limit, start + _MAX_OPENING_ASIDE)):
            if reading.lower[index] == ",":
                return index + 1
        return start + 1
    return start


def _that(analysis: Analysis, cue: Cue, limit: int) -> int | None:
    reading = analysis.reading
    that = reading.words["that"]
    if that.isdisjoint(reading.lower[cue.end : min(limit, cue.end + _REACH_BEHIND_ASIDE)]):
        return None  # behind half of the cues
    for index in range(cue.end, min(limit, cue.end + _REACH_THAT)):
        word = reading.lower[index]
        if word in that:
            return index if _is_complementizer(analysis, cue, index) else None
        if word in analysis.nouns and takes_the_clause(analysis, index) and "noun_cue" not in cue.entry.takes:
            return None
        if word in (":", ";") or reading.in_quotation[index] != reading.in_quotation[cue.head]:
            return None
        if index in analysis.cues and has_own_complement(analysis, index):
            return None
        if index == cue.end and reading.is_infinitive(index):
            return None  # "espère convaincre ses alliés que P" is that of the infinitive
        if reading.is_finite(index) or word in reading.words["relatives"] or reading.is_gerund(index):
            return _that_behind_aside(analysis, cue, index, limit)
    return None


def _that_behind_aside(analysis: Analysis, cue: Cue, index: int, limit: int) -> int | None:
    """ "a confié à Lyon, où il se trouvait, que P": the clause of an aside between commas is stepped over."""
    reading = analysis.reading
    if "," not in reading.lower[cue.end : index + 1]:
        return None
    for i in range(index, min(limit, index + _REACH_THAT) - 1):
        if reading.lower[i] in (":", ";") or reading.in_quotation[i] != reading.in_quotation[cue.head]:
            return None
        if i > index and i in analysis.cues and analysis.cues[i].form is FINITE:
            return None
        if reading.lower[i] == "," and reading.lower[i + 1] in reading.words["that"]:
            return i + 1
    return None


def _compares(analysis: Analysis, cue: Cue, index: int) -> bool:
    """ "plus fort que": the adverb of a comparison stands before an adjective right before "que"."""
    reading = analysis.reading
    return (
        index - 2 >= cue.end
        and reading.lower[index - 2] in reading.words["comparisons"]
        and reading.pos[index - 1] in ("ADJ", "VERB")
    )


def _is_complementizer(analysis: Analysis, cue: Cue, index: int) -> bool:
    reading = analysis.reading
    between = range(cue.end, index)
    pair = " ".join(reading.lower[index - 2 : index])
    adverb = len(between) == 1 and reading.lower[index - 1] in reading.words["adverbs_before_that"]
    if (
        between
        and not adverb
        and reading.lower[index - 1] in reading.words["other_conjunction_before_that"]
        and pair not in reading.words["still_complementizer"]
    ):
        return False
    if _compares(analysis, cue, index):
        return False
    relative = reading.pos[index] == "PRON" and "PronType=Rel" in reading.features(index)
    if relative and between and reading.pos[index - 1] in ("NOUN", "ADJ", "PROPN"):
        following = min(index + 1, len(reading.lower) - 1)
        if reading.pos[following] in ("VERB", "AUX"):
            return False
        if cue.form is INFINITIVE and not is_causative(reading, cue):
            return False
    nominal = [
        i
        for i in between
        if reading.pos[i] in ("NOUN", "PROPN")
        and not reading.is_time(i)
        and not any(reading.dep[c] == "case" for c in reading.children(i))
    ]
    if nominal and reading.lower[index - 1] == "," and [reading.lower[i] for i in between].count(",") == 1:
        return False
    if not nominal or cue.entry.takes & {"addressee", "noun_cue"}:
        return True
    if reading.lower[index - 1] in reading.words["fact_nouns"]:
        return True
    if relative:
        return False
    # A bare object right behind the cue takes the clause for itself: "annonce une mesure que …".
    return reading.pos[cue.end] != "DET" or reading.is_date(cue.end, index)
