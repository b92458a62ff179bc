"""Noun phrases before a verb that may be its subject, found by place where the parse fails.

The phrase right before the verb, the one before asides between marks, the first of the sentence: whatever stands
behind a preposition, is a date or a mark is none.
"""

from language.cue_groups import Cue
from language.reading import Reading
from language.source_phrases import head_of_phrase, is_article

_INSIDE_PHRASE = frozenset({"nmod", "flat", "flat:name", "flat:foreign", "appos", "amod", "acl", "dep"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "X", "ADJ", "SYM"})
_NAMING = frozenset({"NOUN", "PROPN", "PRON"})
_NAMED = frozenset({"PER", "ORG", "LOC"})
_ASIDE_OPENS = {",": ",", ")": "(", "–": "–", "—": "—"}
"""What opens the words that a mark closes: "Anne Morel (née à Lyon) a dit", "Anne Morel — élue hier — a dit"."""
_MAX_ASIDE = 40
"""Tokens of asides between a subject and its verb: "Marie Durand, née à Lyon, élue hier, a dit"."""
_UNITS = frozenset("%‰€$£")


def may_be_subject(reading: Reading, head: int, cue: Cue) -> bool:
    """Not a date, not behind a preposition, not the topic before a colon ("France : le maire avoue …")."""
    if _has_case(reading, head) or reading.is_time(head) or not _is_term(reading, head):
        return False
    token = reading.tokens[head]
    nominal = token.pos_ in _NOMINAL or token.ent_type_ in _NAMED  # a rare name may be tagged as an adverb
    return nominal and ":" not in reading.lower[head : cue.first]


def _is_term(reading: Reading, index: int) -> bool:
    """A word or a unit ("59 % des Italiens"), not the dash before it."""
    return reading.is_word(index) or reading.lower[index] in _UNITS


def _has_case(reading: Reading, index: int) -> bool:
    """A preposition stands before the noun: it is no subject."""
    cases = (child.i for child in reading.tokens[index].children if child.dep_ == "case" and child.i < index)
    return any(not is_article(reading, case) for case in cases)


def phrase_before_verb(reading: Reading, first: int, start: int) -> int | None:
    """The pronoun or the head of the noun phrase that ends right before the token `first`."""
    index = first - 1
    while index >= start and (
        reading.tokens[index].is_space or reading.tokens[index].pos_ == "ADV" or reading.is_quote_sign(index)
    ):
        if reading.lower[index] in reading.words["indefinite_subjects"]:
            return index
        index -= 1
    if index < start:
        return None
    if reading.lower[index] in reading.words["subject_pronouns"] | reading.words["indefinite_subjects"]:
        return index
    token = reading.tokens[index]
    if token.pos_ not in ("PROPN", "NOUN", "PRON", "ADJ", "X", "NUM") and token.ent_type_ not in _NAMED:
        return None
    head = head_of_phrase(reading, index, start, _INSIDE_PHRASE)
    if head.pos_ in _NAMING and not _has_case(reading, head.i) and not _behind_preposition(reading, head.i, start):
        return None if reading.is_time(head.i) or not _is_term(reading, head.i) else int(head.i)
    return _governing_noun(reading, index, start)


def _behind_preposition(reading: Reading, head: int, start: int) -> bool:
    return _preposition_before(reading, head, start) is not None


def _preposition_before(reading: Reading, index: int, start: int) -> int | None:
    """The preposition before the simple noun phrase that holds the token, whatever the parse says."""
    while index > start and (
        reading.tokens[index - 1].pos_ in ("DET", "ADJ", "NUM")
        or reading.lower[index - 1] == "'"
        or reading.tokens[index].ent_iob_ == "I"
    ):
        index -= 1
    governed = index > start and reading.tokens[index - 1].pos_ == "ADP" and not is_article(reading, index - 1)
    return index - 1 if governed else None


def _governing_noun(reading: Reading, last: int, start: int) -> int | None:
    """ "les chercheurs de l'institut Pasteur de Lille affirment": the noun that no preposition governs."""
    index: int | None = last
    while index is not None and index >= start:
        preposition = _preposition_before(reading, index, start)
        if preposition is None:
            token = reading.tokens[index]
            names = token.pos_ in _NAMING and not reading.is_time(index) and not _has_case(reading, index)
            return index if names and reading.is_word(index) else None
        index = preposition - 1
        while index > start and reading.tokens[index].pos_ == "ADJ":
            index -= 1
        if index < start or reading.tokens[index].pos_ not in _NAMING:
            return None
    return None


def before_asides(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "Marie Durand, élue hier, a dit": the noun phrase before the words between commas."""
    index = cue.first - 1
    while index >= start and reading.tokens[index].is_space:
        index -= 1
    if index <= start or reading.lower[index] not in _ASIDE_OPENS:
        return None
    opening = _ASIDE_OPENS[reading.lower[index]]
    for comma in range(index - 1, max(start, index - _MAX_ASIDE), -1):
        if reading.lower[comma] == opening:
            found = phrase_before_comma(reading, cue, comma, start)
            if found is not None:
                return found
    return None


def phrase_before_comma(reading: Reading, cue: Cue, comma: int, start: int) -> int | None:
    """The head of the noun phrase that ends before a comma."""
    before = comma - 1
    while before >= start and reading.tokens[before].is_space:
        before -= 1
    if before < start or reading.tokens[before].pos_ not in ("PROPN", "NOUN", "ADJ"):
        return None
    head = head_of_phrase(reading, before, start, _INSIDE_PHRASE)
    if _behind_preposition(reading, head.i, start) or _has_case(reading, head.i):
        governing = _governing_noun(reading, before, start)
        head = reading.tokens[governing] if governing is not None else head
    noun_like = head.pos_ == "ADJ" and reading.tokens[head.i - 1].pos_ == "DET"  # "ce dernier, …, a dit"
    nominal = (head.pos_ in ("NOUN", "PROPN") or noun_like) and not _behind_preposition(reading, head.i, start)
    return int(head.i) if nominal and may_be_subject(reading, head.i, cue) else None


def first_noun(reading: Reading, cue: Cue, start: int) -> int | None:
    """The first noun or name of the sentence that stands behind no preposition."""
    for index in range(start, cue.first):
        token = reading.tokens[index]
        if token.pos_ in ("NOUN", "PROPN") and not reading.is_time(index) and reading.is_word(index):
            if not _has_case(reading, index) and token.dep_ not in ("obj", "flat", "flat:name"):
                return index
        elif reading.lower[index] in reading.words["subject_pronouns"] and token.pos_ == "PRON":
            return index
    return None
