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
    nominal = (
        reading.pos[head] in _NOMINAL or reading.ent_type[head] in _NAMED
    )  # a rare name may be tagged as an adverb
    return nominal and ":" not in reading.lower[head : cue.first]


def _is_term(reading: Reading, index: int) -> bool:
    """A word or a unit ("59 % des Italiens"), not the dash before it."""
    return reading.is_word(index) or reading.lower[index] in _UNITS


def _has_case(reading: Reading, index: int) -> bool:
    """A preposition stands before the noun: it is no subject."""
    cases = (child for child in reading.children(index) if reading.dep[child] == "case" and child < index)
    return any(not is_article(reading, case) for case in cases)


def phrase_before_verb(reading: Reading, first: int, start: int) -> int | None:
    """The pronoun or the head of the noun phrase that ends right before the token `first`."""
    index = first - 1
    while index >= start and (reading.is_space(index) or reading.pos[index] == "ADV" or reading.is_quote_sign(index)):
        if reading.lower[index] in reading.words["indefinite_subjects"]:
            return index
        index -= 1
    if index < start:
        return None
    word = reading.lower[index]
    if word in reading.words["subject_pronouns"] or word in reading.words["indefinite_subjects"]:
        return index
    if reading.pos[index] not in ("PROPN", "NOUN", "PRON", "ADJ", "X", "NUM") and reading.ent_type[index] not in _NAMED:
        return None
    head = head_of_phrase(reading, index, start, _INSIDE_PHRASE)
    if reading.pos[head] in _NAMING and not _has_case(reading, head) and not _behind_preposition(reading, head, start):
        return None if reading.is_time(head) or not _is_term(reading, head) else head
    return _governing_noun(reading, index, start)


def _behind_preposition(reading: Reading, head: int, start: int) -> bool:
    return _preposition_before(reading, head, start) is not None


def _preposition_before(reading: Reading, index: int, start: int) -> int | None:
    """The preposition before the simple noun phrase that holds the token, whatever the parse says."""
    while index > start and (
        reading.pos[index - 1] in ("DET", "ADJ", "NUM")
        or reading.lower[index - 1] == "'"
        or reading.ent_iob[index] == "I"
    ):
        index -= 1
    governed = index > start and reading.pos[index - 1] == "ADP" and not is_article(reading, index - 1)
    return index - 1 if governed else None


def _governing_noun(reading: Reading, last: int, start: int) -> int | None:
    """ "les chercheurs de l'institut Pasteur de Lille affirment": the noun that no preposition governs."""
    index: int | None = last
    while index is not None and index >= start:
        preposition = _preposition_before(reading, index, start)
        if preposition is None:
            names = reading.pos[index] in _NAMING and not reading.is_time(index) and not _has_case(reading, index)
            return index if names and reading.is_word(index) else None
        index = preposition - 1
        while index > start and reading.pos[index] == "ADJ":
            index -= 1
        if index < start or reading.pos[index] not in _NAMING:
            return None
    return None


def before_asides(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "Marie Durand, élue hier, a dit": the noun phrase before the words between commas."""
    index = cue.first - 1
    while index >= start and reading.is_space(index):
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
    while before >= start and reading.is_space(before):
        before -= 1
    if before < start or reading.pos[before] not in ("PROPN", "NOUN", "ADJ"):
        return None
    head = head_of_phrase(reading, before, start, _INSIDE_PHRASE)
    if _behind_preposition(reading, head, start) or _has_case(reading, head):
        governing = _governing_noun(reading, before, start)
        head = governing if governing is not None else head
    noun_like = reading.pos[head] == "ADJ" and reading.pos[head - 1] == "DET"  # "ce dernier, …, a dit"
    nominal = (reading.pos[head] in ("NOUN", "PROPN") or noun_like) and not _behind_preposition(reading, head, start)
    return head if nominal and may_be_subject(reading, head, cue) else None


def first_noun(reading: Reading, cue: Cue, start: int) -> int | None:
    """The first noun or name of the sentence that stands behind no preposition."""
    for index in range(start, cue.first):
        if reading.pos[index] in ("NOUN", "PROPN") and not reading.is_time(index) and reading.is_word(index):
            if not _has_case(reading, index) and reading.dep[index] not in ("obj", "flat", "flat:name"):
                return index
        elif reading.lower[index] in reading.words["subject_pronouns"] and reading.pos[index] == "PRON":
            return index
    return None
