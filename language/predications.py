"""What a cue makes of somebody or something: "considère le port comme une menace", "le qualifie de fou",
"juge la mesure nécessaire"."""

from language.claim_analysis import Analysis
from language.cue_groups import Cue
from language.cues import INFINITIVE

_REACH = 14
"""Tokens from the cue to "comme" or "de": the object stands between."""

Span = tuple[int, int, str]


def predication(analysis: Analysis, cue: Cue, limit: int) -> Span | None:
    """The attribute behind "comme" or "de", or object and attribute together; nothing without somebody who speaks."""
    if cue.passive or cue.form is INFINITIVE:
        return None
    return _likened(analysis, cue, limit) or _called(analysis, cue, limit) or _judged(analysis, cue, limit)


def _likened(analysis: Analysis, cue: Cue, limit: int) -> Span | None:
    """ "considère le port comme une menace": the words behind "comme"."""
    if "comme" not in cue.entry.takes:
        return None
    reading = analysis.reading
    for index in range(cue.end, min(limit - 1, cue.end + _REACH)):
        if _leaves_clause(analysis, index):
            return None
        if reading.lower[index] in reading.words["as_in"]:
            following = reading.pos[index + 1]
            return _until_end(analysis, cue, index + 1, limit) if following in ("DET", "NOUN", "ADJ", "VERB") else None
    return None


def _called(analysis: Analysis, cue: Cue, limit: int) -> Span | None:
    """ "qualifie le projet de loi de folie": of several "de" the last one that hangs on the verb by the parse."""
    reading, found = analysis.reading, None
    if "de_name" not in cue.entry.takes or reading.has_quotation(cue.end, min(limit, cue.end + _REACH)):
        return None
    for index in range(cue.end, min(limit - 1, cue.end + _REACH)):
        if _leaves_clause(analysis, index):
            break
        if reading.lower[index] in reading.words.infinitive_markers.get("de", ()):
            name = reading.head[index]
            if index == cue.end or (name > index and reading.head[name] == cue.head):
                found = index + 1
    if found is None or reading.is_infinitive(found):
        return None
    return _until_end(analysis, cue, found, limit)


def _judged(analysis: Analysis, cue: Cue, limit: int) -> Span | None:
    """ "juge la mesure nécessaire": object and adjective by the parse."""
    if "judged" not in cue.entry.takes or cue.has_object:
        return None
    reading = analysis.reading
    children = [c for c in reading.children(cue.head) if cue.end <= c < limit]
    objects = [c for c in children if reading.dep[c] == "obj" and reading.pos[c] in ("NOUN", "PROPN")]
    attributes = [c for c in children if reading.dep[c] == "xcomp" and reading.pos[c] == "ADJ"]
    if not objects or not attributes:
        return None
    start = min(reading.left_edge(objects[0]), reading.left_edge(attributes[0]))
    if start < cue.end or any(_leaves_clause(analysis, i) for i in range(cue.end, attributes[0])):
        return None
    return _until_end(analysis, cue, start, limit)


def _leaves_clause(analysis: Analysis, index: int) -> bool:
    reading = analysis.reading
    word, words = reading.lower[index], reading.words
    return reading.is_finite(index) or word in (":", ";") or word in words["relatives"] or word in words["that"]


def _until_end(analysis: Analysis, cue: Cue, start: int, limit: int) -> Span | None:
    end = analysis.ends.end_of(start, limit, cue, clause=False)
    return (start, end, "predication") if end > start else None
