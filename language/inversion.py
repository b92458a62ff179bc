"""Whether the subject stands behind a cue, as in an incise: "P, a-t-il dit", "« P », a déclaré le maire"."""

from language.cue_groups import Cue
from language.cues import FINITE_OR_PARTICIPLE, PARTICIPLE
from language.reading import Reading

_ASIDE_LENGTHS = (4, 3, 2)
_CLAUSE_TOKENS = 4
_COMMAS = frozenset({",", "–", "—", ";"})


def is_inverted(reading: Reading, cue: Cue, limit: int) -> bool:
    """The subject stands behind the verb: "a-t-il dit", or "a dit le maire" after a comma or a quotation."""
    known = reading.inverted.get((cue.head, limit))
    if known is None:  # each construction asks, of its own sentence
        known = may_be_inverted(cue) and _is_inverted(reading, cue, limit)
        reading.inverted[cue.head, limit] = known
    return known


def may_be_inverted(cue: Cue) -> bool:
    """A form of a verb that stands in incises."""
    return cue.form in FINITE_OR_PARTICIPLE and "incise" in cue.entry.takes


def _is_inverted(reading: Reading, cue: Cue, limit: int) -> bool:
    if cue.inverted is not None:
        return True
    if cue.passive or (cue.form is PARTICIPLE and cue.start == cue.head):
        return False
    if cue.first == 0 or cue.end >= limit:
        return False
    before = cue.first - 1
    while before > 0 and reading.is_space(before):
        before -= 1
    start = reading.sentences[reading.sentence_of[cue.head]].start
    if before < start:
        return False
    if _only_quoted_before(reading, cue, start, before):
        return reading.lower[cue.end] not in reading.words["that"] and not _subject_before(reading, cue, before)
    if not starts_noun_phrase(reading, cue.end, limit):
        return False
    if "que" not in cue.entry.takes:
        return _behind_quoted_clause(reading, cue, before)
    if reading.is_quote_sign(before) or reading.in_quotation[before] != reading.in_quotation[cue.first]:
        return not _subject_before(reading, cue, before)
    if reading.lower[before] in reading.words["as_in"]:
        return True
    if reading.pos[cue.head] not in ("VERB", "AUX"):
        return False
    if reading.lower[before] in _COMMAS | {"?", "!", "..."}:
        return _separated_inversion(reading, cue, start, before, limit)
    return _unseparated_inversion(reading, cue, start, limit)


def _behind_quoted_clause(reading: Reading, cue: Cue, before: int) -> bool:
    """ "Le port, lui, « ne peut plus attendre dix ans », analyse un expert": behind a quoted clause and a comma the verb
    tells who says it, whatever stands before the quotation."""
    if reading.lower[before] != ",":
        return False
    closing = before - 1
    while closing > 0 and reading.is_space(closing):
        closing -= 1
    quotation = reading.quotation_at(closing)
    if quotation is None or reading.in_quotation[before] == reading.in_quotation[closing]:
        return False
    quoted = range(reading.token_at(quotation.start), reading.token_before(quotation.end))
    return len(quoted) >= _CLAUSE_TOKENS and any(reading.is_finite(i) for i in quoted)


def _only_quoted_before(reading: Reading, cue: Cue, start: int, before: int) -> bool:
    """Nothing but quotations stands between the head of the sentence and the verb: "« P », confie X"."""
    own, quoted = reading.in_quotation[cue.first], False
    for index in range(start, before + 1):
        if reading.in_quotation[index] != own:
            quoted = quoted or reading.is_word(index)
        elif reading.is_word(index):
            return False
    return quoted


def _subject_before(reading: Reading, cue: Cue, before: int) -> bool:
    """By the parse the subject stands before the verb, inside the quotation even: "Le « patron » a dit"."""
    quotation = reading.quotation_at(before)
    return (
        quotation is not None
        and any(
            reading.dep[child].startswith("nsubj")
            and quotation.open <= reading.starts[child] < quotation.close
            and child < cue.first
            for child in reading.children(cue.head)
        )
        and len(reading.text[quotation.start : quotation.end].split()) < 4
    )


def _separated_inversion(reading: Reading, cue: Cue, start: int, before: int, limit: int) -> bool:
    """ "P, annonce X": a clause or a quotation stands before, or the verb splits one: "X, annonce Y, P"."""
    quoted = any(reading.in_quotation[i] != reading.in_quotation[cue.first] for i in range(start, before))
    left = any(reading.dep[c].startswith("nsubj") and start <= c < cue.first for c in reading.children(cue.head))
    if reading.has_finite(start, before) or quoted:
        # "X, qui dirige Y, annonce le départ": only verbs without such objects stand inverted against the parse.
        return not left or not cue.entry.takes & {"noun", "event", "object"} or _speaker_follows(reading, cue, limit)
    rest = range(cue.end, min(limit, cue.end + 8))
    speaker = not cue.entry.takes & {"addressee", "as"} and _speaker_follows(reading, cue, limit)
    return not left and (speaker or any(reading.lower[i] == "," for i in rest))


def _speaker_follows(reading: Reading, cue: Cue, limit: int) -> bool:
    """Somebody who speaks, not something that happens, stands behind the verb."""
    for i in range(cue.end, min(limit, cue.end + 6)):
        if reading.pos[i] in ("NOUN", "PROPN"):
            return reading.lower[i] in reading.words["speaking_nouns"] or reading.ent_type[i] in ("PER", "ORG")
    return False


def _unseparated_inversion(reading: Reading, cue: Cue, start: int, limit: int) -> bool:
    """ "La piste est écartée a indiqué la police": no comma, but a complete clause before, only a subject after."""
    if not reading.has_finite(start, cue.first):
        return False
    previous, word = cue.first - 1, reading.lower[cue.first - 1]
    if (
        reading.dep[previous].startswith("nsubj")
        or word in reading.words["subject_pronouns"] | reading.words["relatives"]
    ):
        return False
    if reading.pos[previous] in ("CCONJ", "SCONJ", "ADP", "DET"):
        return False
    has_subject = any(
        reading.dep[child].startswith("nsubj") and child < cue.first for child in reading.children(cue.head)
    )
    return not has_subject and not any(
        reading.is_finite(i) or reading.lower[i] in reading.words["that"] or reading.is_infinitive(i)
        for i in range(cue.end, limit)
    )


def starts_noun_phrase(reading: Reading, index: int, limit: int) -> bool:
    """A determiner, name, noun or pronoun, after adverbs or an addition between commas."""
    commas = 0
    for i in range(behind_aside(reading, index), min(limit, index + 12)):
        tag, word = reading.pos[i], reading.lower[i]
        if word in _COMMAS:
            commas += 1
            if commas > 2:
                return False
            continue
        if commas == 1:
            continue
        if word in reading.words["that"] or word.startswith("-") or tag in ("VERB", "AUX", "SCONJ", "ADP"):
            return False
        if tag in ("DET", "PROPN", "NOUN", "PRON", "NUM", "X"):
            return True
        if tag not in ("ADV", "ADJ", "SPACE"):
            return False
    return False


def behind_aside(reading: Reading, index: int) -> int:
    """The token behind a fixed adverbial: "ajoute (pour sa part) le maire"."""
    if index >= len(reading.lower) or reading.lower[index] not in reading.words.first.get("asides_behind_verb", ()):
        return index
    for length in _ASIDE_LENGTHS:
        if " ".join(reading.lower[index : index + length]) in reading.words["asides_behind_verb"]:
            return index + length
    return index
