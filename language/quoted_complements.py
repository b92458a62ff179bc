"""Quotations that a cue governs from the left: "déclare : « P »", "dénonce une « mascarade »"."""

from collections.abc import Iterator
from dataclasses import replace

from language.claim_analysis import Analysis, behind_preposition, claim_of_tokens, quotation_words
from language.claim_candidates import Candidate, CueWords, Subject
from language.cue_groups import Cue
from language.cues import INFINITIVE, PARTICIPLE
from language.quotation_marks import Quotation
from language.runs import has_clause

_REACH_QUOTE = 16
_MIN_QUOTED_WORDS = 3


def quoted_complement(
    analysis: Analysis, cue: Cue, words: CueWords, subject: Subject, limit: int
) -> Iterator[Candidate]:
    """Quoted words behind the cue: after a colon, directly, as a name for something, or in its object."""
    if not cue.entry.takes & {"quote", "object", "as", "incise", "short", "about"}:
        return
    found = _quotation_behind(analysis, cue, limit)
    if found is None:
        return
    quotation, colon = found
    if cue.first and analysis.reading.lower[cue.first - 1] in analysis.reading.words["relatives"] - {"qui"}:
        return
    first = analysis.reading.token_at(quotation.open)
    if colon and "quoted_only" in cue.entry.takes:
        return
    if colon:
        yield Candidate(quotation.start, quotation.end, "colon", words, subject(), quotation)
    elif cue.passive and cue.form is PARTICIPLE and analysis.reading.is_infinitive(cue.start):
        return  # "ne pas être traité « comme les autres »"
    elif "as" in cue.entry.takes and _behind_as(analysis, cue, first):
        yield _listed(analysis, first, first, limit, "as", words, subject)
    elif "as" in cue.entry.takes and (inner := _as_inside(analysis, first)) is not None:
        quoted = replace(quotation, start=inner)
        yield Candidate(inner, quotation.end, "as", words, subject(), quoted)
    elif cue.passive or behind_preposition(analysis, cue, first) or _is_unspoken(cue):
        return
    elif "short" in cue.entry.takes and first == cue.end:
        yield Candidate(quotation.start, quotation.end, "quoted", words, subject(), quotation)
    elif "about" in cue.entry.takes and _is_topic(analysis, cue, quotation, first):
        start = _phrase_start(analysis, cue, first)
        yield _listed(analysis, first if first - start <= 1 else start, first, limit, "quoted_object", words, subject)
    elif "object" in cue.entry.takes:
        yield _quoted_object(analysis, cue, quotation, first, limit, words, subject)
    elif _has_object(analysis, cue, first):
        return
    elif "quote" in cue.entry.takes and len(quotation_words(analysis.reading, quotation)) >= _MIN_QUOTED_WORDS:
        yield Candidate(quotation.start, quotation.end, "quoted", words, subject(), quotation)


def _has_object(analysis: Analysis, cue: Cue, quoted: int) -> bool:
    """ "montre la voie « pour des années »": the verb has its object before the quotation."""
    reading = analysis.reading
    return any(
        reading.dep[child] == "obj" and cue.end <= child < quoted and reading.pos[child] in ("NOUN", "PROPN")
        for child in reading.children(cue.head)
    )


def _is_topic(analysis: Analysis, cue: Cue, quotation: Quotation, first: int) -> bool:
    """ "parle de « catastrophe »", "appelle à la « retenue »": behind a preposition, and no clause."""
    reading = analysis.reading
    prepositions = reading.words["genitive"] | reading.words["place_prepositions"]
    if prepositions.isdisjoint(reading.lower[cue.end : first]):
        return False
    return not has_clause(reading, reading.token_at(quotation.start), reading.token_before(quotation.end))


def _is_unspoken(cue: Cue) -> bool:
    """An infinitive reports nothing, but with a quoted object: "pour dénoncer une « mascarade »"."""
    return cue.form is INFINITIVE and "object" not in cue.entry.takes


def _behind_as(analysis: Analysis, cue: Cue, first: int) -> bool:
    """ "qualifié de « P »", "considéré comme le « P »" """
    reading = analysis.reading
    before = first - 2 if reading.pos[first - 1] == "DET" else first - 1
    if before < cue.end:
        return False
    return reading.lower[before] in reading.words["as_markers"]


def _as_inside(analysis: Analysis, first: int) -> int | None:
    """ "qualifie le vote « de P »": where the words behind the marker begin, if it stands inside the marks."""
    reading = analysis.reading
    marker = reading.next_word(first, len(reading.lower) - 1)
    return reading.starts[marker + 1] if reading.lower[marker] in reading.words["as_markers"] else None


def _listed(
    analysis: Analysis, start: int, first: int, limit: int, rule: str, words: CueWords, subject: Subject
) -> Candidate:
    """ "accusé de « A », « B » et « C »": one claim from the token `start`; the first quotation opens at `first`."""
    reading = analysis.reading
    end = reading.token_before(reading.quotations[reading.in_quotation[first]].close)
    small = reading.words["genitive"] | reading.words["place_prepositions"]
    joined = False
    for index in range(end, limit):
        if reading.in_quotation[index] != reading.in_quotation[first - 1]:
            if index >= end and not joined:
                break
            end, joined = max(end, reading.token_before(reading.quotations[reading.in_quotation[index]].close)), False
        elif reading.lower[index] == "," or reading.lower[index] in reading.words["coordinators"]:
            joined = True
        elif not (
            reading.is_space(index) or (joined and (reading.lower[index] in small or reading.pos[index] == "DET"))
        ):
            break
    return claim_of_tokens(analysis, start, end, rule, words, subject())


def _quoted_object(
    analysis: Analysis, cue: Cue, quotation: Quotation, first: int, limit: int, words: CueWords, subject: Subject
) -> Candidate:
    """ "dénonce la « mascarade » d'hier": the noun phrase, or the quotation where only an article precedes it."""
    reading = analysis.reading
    start = _phrase_start(analysis, cue, first)
    end = analysis.ends.end_of(start, limit, cue, clause=False)
    quoted_end = reading.token_before(quotation.close)
    if end <= quoted_end and first - start <= 1:
        return Candidate(quotation.start, quotation.end, "quoted_object", words, subject(), quotation)
    return claim_of_tokens(analysis, start, max(end, quoted_end), "quoted_object", words, subject())


def _quotation_behind(analysis: Analysis, cue: Cue, limit: int) -> tuple[Quotation, bool] | None:
    reading = analysis.reading
    own = reading.in_quotation[cue.head]
    if {own, -1}.issuperset(reading.in_quotation[cue.end : limit]) and ":" not in reading.lower[cue.end : limit]:
        return None  # behind most cues
    colon = False
    for index in range(cue.end, limit):
        word = reading.lower[index]
        if reading.in_quotation[index] >= 0 and reading.in_quotation[index] != own:
            if index - cue.end > _REACH_QUOTE and not colon:
                return None
            return reading.quotations[reading.in_quotation[index]], colon
        if word == ":":
            colon = True
            continue
        if colon and reading.is_word(index):
            return None
        if word == ";" or (index in analysis.cues and not analysis.cues[index].entry.takes & {"quoted_only", "about"}):
            return None
        if reading.is_finite(index) or (not colon and word in reading.words["that"] and index > cue.end):
            return None
    following = _quotation_of_next_line(analysis, limit) if colon else None
    return None if following is None else (following, True)


def _quotation_of_next_line(analysis: Analysis, index: int) -> Quotation | None:
    """The quotation that opens the line behind "elle a déclaré :"."""
    reading = analysis.reading
    while index < len(reading.lower) and reading.is_space(index):
        index += 1
    quotation = reading.quotation_at(index) if index < len(reading.lower) else None
    return quotation if quotation is not None and quotation.open == reading.starts[index] else None


def unquoted_after_colon(
    analysis: Analysis, cue: Cue, words: CueWords, subject: Subject, limit: int
) -> Iterator[Candidate]:
    """ "Il a prévenu : le pont ne tiendra pas." """
    reading = analysis.reading
    if not {"que", "incise"} <= cue.entry.takes or cue.passive or cue.form is INFINITIVE:
        return
    if cue.end + 1 >= limit or reading.lower[cue.end] != ":" or reading.has_quotation(cue.end, limit):
        return
    start = reading.next_word(cue.end + 1, limit)
    end = analysis.ends.end_of(start, limit, None) if start < limit else start
    if has_clause(reading, start, end) and subject() is not None:
        yield claim_of_tokens(analysis, start, end, "colon", words, subject())


def _phrase_start(analysis: Analysis, cue: Cue, quoted: int) -> int:
    """First token of the object that holds the quotation, or the quotation itself."""
    reading = analysis.reading
    for child in reading.children(cue.head):
        if reading.dep[child] == "obj" and cue.end <= child < quoted and reading.pos[child] in ("NOUN", "PROPN"):
            between = [reading.lower[i] for i in range(child, quoted)]
            if "," not in between and reading.right_edge(child) >= quoted:
                return max(cue.end, reading.left_edge(child))
    start = quoted
    while start > cue.end and reading.pos[start - 1] in ("DET", "ADJ", "NOUN"):
        start -= 1
        if reading.pos[start] == "DET":
            return start
    return quoted


def quotation_after_colon(
    analysis: Analysis, end: int, limit: int, words: CueWords, subject: Subject
) -> Iterator[Candidate]:
    """ "estime que P : « Q »": the quotation illustrates the clause."""
    reading = analysis.reading
    index = end
    while index < limit and (reading.is_space(index)):
        index += 1
    if index < limit and reading.lower[index] == ":":
        following = index + 1
        while following < limit and reading.is_space(following):
            following += 1
        quotation = reading.quotation_at(following) if following < limit else None
        if quotation is not None and reading.in_quotation[following] != reading.in_quotation[end - 1]:
            yield Candidate(quotation.start, quotation.end, "colon", words, subject(), quotation)
