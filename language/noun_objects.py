"""Nouns and attributes that state something: "annonce le retrait", "fait état de 36 morts", "se dit prêt"."""

from language.claim_analysis import Analysis
from language.claim_candidates import Source, Subject
from language.cue_groups import Cue
from language.cues import INFINITIVE

_MIN_NOUN_TOKENS = 2
_CONSTRUCTIONS = frozenset({"noun", "event"})
_MAX_BEFORE_OBJECT = 16
"""Tokens between cue and object: "a annoncé mardi dans un entretien à la radio locale le retrait des troupes"."""


def attribute(analysis: Analysis, cue: Cue, limit: int) -> tuple[int, int, str] | None:
    """ "se dit prêt à négocier" """
    if "self" not in cue.entry.takes:
        return None
    reading = analysis.reading
    start = cue.end
    while start < limit and reading.pos[start] in ("ADV", "SPACE"):
        start += 1
    if start >= limit or not (reading.pos[start] in ("ADJ", "NOUN", "VERB") or reading.is_quote_sign(start)):
        return None
    end = analysis.ends.end_of(start, limit, cue, clause=False)
    for index in range(start + 1, end):
        if reading.lower[index] in reading.words["occasion"] and reading.in_quotation[index] < 0:
            end = index
            break
    return (start, end, "attribute") if end > start else None


def event(analysis: Analysis, cue: Cue, subject: Subject, limit: int) -> tuple[int, int, str] | None:
    """ "annonce le retrait des troupes": a noun that reports an event."""
    if cue.entry.takes.isdisjoint(_CONSTRUCTIONS) or cue.passive or cue.form is INFINITIVE:
        return None
    reading = analysis.reading
    if "by_somebody" in cue.entry.takes and not _is_somebody(analysis, subject()):
        return None
    start = _object_start(analysis, cue, limit)
    if start is None or (cue.first and reading.lower[cue.first - 1] in reading.words["that"]):
        return None
    end = _before_gerund(analysis, start, analysis.ends.end_of(start, limit, cue, clause=False))
    nouns = [i for i in range(start, end) if reading.pos[i] in ("NOUN", "PROPN")]
    if not nouns or end - start < _MIN_NOUN_TOKENS:
        return None
    if "noun" not in cue.entry.takes and not _is_event(analysis, start, nouns[0]):
        return None
    return start, end, "noun"


def _before_gerund(analysis: Analysis, start: int, end: int) -> int:
    """ "annonce la fermeture du port en lisant un texte": by the parse the gerund is the speaker's."""
    reading = analysis.reading
    for index in range(start + 1, end - 1):
        gerund = reading.lower[index] in reading.words["gerund_markers"] and reading.is_gerund(index + 1)
        quoted = reading.in_quotation[index] != reading.in_quotation[start]
        if gerund and not quoted and reading.head[index + 1] < start:
            return index
    return end


def _is_somebody(analysis: Analysis, source: Source | None) -> bool:
    """A person or an organisation by name or by its noun, not "la seconde mi-temps"."""
    reading = analysis.reading
    return source is not None and any(
        reading.ent_type[i] in ("PER", "ORG") or reading.lower[i] in reading.words["speaking_nouns"]
        for i in range(source.start, source.end)
    )


def _is_event(analysis: Analysis, start: int, noun: int) -> bool:
    """The noun names something that happens ("l'intervention"), or a figure ("25 % d'imposition")."""
    reading = analysis.reading
    word = reading.lower[noun].rstrip("s")
    if reading.pos[start] == "NUM":
        return reading.lower[start + 1] == "%"
    if word in reading.words["not_events"]:
        return False
    return word in reading.words["event_nouns"] or word.endswith(tuple(reading.words["event_endings"]))


def _object_start(analysis: Analysis, cue: Cue, limit: int) -> int | None:
    reading = analysis.reading
    for child in reading.children(cue.head):
        nominal = reading.pos[child] in ("NOUN", "PROPN", "NUM") and not reading.is_time(child)
        if reading.dep[child] == "obj" and cue.end <= child < limit and nominal:
            start = max(cue.end, reading.left_edge(child))
            if start - cue.end <= _MAX_BEFORE_OBJECT and not reading.has_finite(cue.end, start):
                return start if reading.in_quotation[start] == reading.in_quotation[cue.head] else None
    start = cue.end
    while start < limit and (reading.pos[start] == "ADV" or reading.is_date(start, limit)):
        start += 1
    return start if start < limit and reading.pos[start] in ("DET", "NUM") else None


def noun_after_of(analysis: Analysis, cue: Cue, limit: int) -> tuple[int, int, str] | None:
    """ "fait état de 36 morts" """
    if "de_noun" not in cue.entry.takes or cue.end >= limit:
        return None
    if cue.form is INFINITIVE and not cue.entry.tail:
        return None  # "pour prévenir d'autres accidents"
    if analysis.reading.lower[cue.end] not in analysis.reading.words["genitive"]:
        return None
    end = analysis.ends.end_of(cue.end + 1, limit, cue, clause=False)
    return (cue.end + 1, end, "noun") if end > cue.end + 1 else None
