"""The subject of a cue: the head of the noun phrase that the parse, or the place before the verb, makes its subject.

The parser errs most on long sentences; a candidate that cannot be a subject (behind a preposition, a date, a mark)
gives way to the noun phrase right before the verb, to that before an aside between commas, and to the subject of the
clause that governs the cue.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from language.cue_groups import Cue
from language.cues import VerbForm
from language.reading import Reading
from language.source_phrases import BREAKS, head_of_phrase, is_article

_INSIDE_PHRASE = frozenset({"nmod", "flat", "flat:name", "flat:foreign", "appos", "amod", "acl", "dep"})
_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "expl:subj", "nsubj:caus"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "X", "ADJ", "SYM"})
_NAMING = frozenset({"NOUN", "PROPN", "PRON"})
_NAMED = frozenset({"PER", "ORG", "LOC"})
_MAX_ASIDE = 40
"""Tokens of asides between a subject and its verb: "Marie Durand, née à Lyon, élue hier, a dit"."""
_MAX_CLIMB = 6
_UNITS = frozenset("%‰€$£")


def subject_of(reading: Reading, cue: Cue, start: int) -> int | None:
    """Head of the subject before the cue, not before the token `start`; None where there is none."""
    if _is_set_off(reading, cue):
        return _subject_of_main_clause(reading, cue, start)
    for child in reading.tokens[cue.head].children:
        if child.dep_ in _SUBJECTS and start <= child.i < cue.head and _may_be_subject(reading, child.i, cue):
            return int(child.i)
    if cue.first > start and reading.lower[cue.first - 1] in reading.words["coordinators"]:
        joined = _subject_of_verb_before(reading, cue, start)
        if joined is not None:
            return joined
    for found in (_noun_phrase_before(reading, cue, start), _before_asides(reading, cue, start)):
        if found is not None:
            return found
    climbed = _subject_by_parse(reading, cue)
    if climbed is not None and start <= climbed < cue.first and _may_be_subject(reading, climbed, cue):
        return climbed
    if cue.form is VerbForm.INFINITIVE and _opens_sentence(reading, cue, start):
        return _subject_behind(reading, cue)
    return _first_noun(reading, cue, start)


def _opens_sentence(reading: Reading, cue: Cue, start: int) -> bool:
    """ "Après avoir nié que P, le maire …": nothing but prepositions and adverbs before the infinitive."""
    return all(reading.tokens[i].pos_ in ("ADP", "ADV", "SPACE", "SCONJ") for i in range(start, cue.first))


def _is_set_off(reading: Reading, cue: Cue) -> bool:
    """A gerund behind "en" or a comma: "X a reçu Y, ajoutant que"; "un rapport affirmant que" has its noun before."""
    if cue.form is not VerbForm.GERUND:
        return False
    if cue.first == 0:
        return True
    before = reading.lower[cue.first - 1]
    return before in BREAKS or before in reading.words["gerund_markers"] or "\n" in before


def _subject_of_main_clause(reading: Reading, cue: Cue, start: int) -> int | None:
    """The subject of the clause that a gerund belongs to: by the parse, of the verbs before it, of that behind it."""
    climbed = _governing_subject(reading, cue)
    if climbed is not None and climbed >= start and _may_be_subject(reading, climbed, cue):
        return climbed
    for verb in _finite_verbs_before(reading, cue, start):
        found = _subject_of_verb(reading, cue, verb, start)
        if found is not None and reading.lower[found] not in reading.words["relatives"]:
            return found
    return _phrase_before_aside(reading, cue, start) or _subject_behind(reading, cue)


def _subject_of_verb_before(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "Le maire (, qui) a ri, mais a ajouté que": a verb behind "et" or "mais" has the subject of the one before;
    not of one in a that-clause ("confirme que P est vrai, et précise que")."""
    for verb in _finite_verbs_before(reading, cue, start):
        if not _is_embedded(reading, verb, start):
            return _subject_of_verb(reading, cue, verb, start)
    return None


def _is_embedded(reading: Reading, verb: int, start: int) -> bool:
    for index in range(verb - 1, start - 1, -1):
        if reading.is_finite(index) or reading.lower[index] in reading.words["subject_relatives"]:
            return False
        if reading.lower[index] in reading.words["that"] | reading.words["relatives"]:
            return True
    return False


def _subject_of_verb(reading: Reading, cue: Cue, verb: int, start: int) -> int | None:
    token = reading.tokens[verb]
    main = token.head if token.dep_.startswith(("aux", "cop")) else token
    found = _subject_child(reading, main, verb)
    if found is None or found < start or not _may_be_subject(reading, found, cue):
        found = _phrase_before_verb(reading, _before_clitics(reading, verb, start), start)
    return found


def _before_clitics(reading: Reading, verb: int, start: int) -> int:
    while verb > start and reading.lower[verb - 1] in reading.words["clitics"]:
        verb -= 1
    return verb


def _phrase_before_aside(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "La ministre, redoutant un bilan lourd, a demandé des moyens": the aside stands right behind the subject."""
    index = cue.first - 1
    while index > start and (reading.tokens[index].is_space or reading.lower[index] in reading.words["gerund_markers"]):
        index -= 1
    if index <= start or reading.lower[index] != ",":
        return None
    return _before_asides(reading, cue, start) or _phrase_before_comma(reading, cue, index, start)


def _governing_subject(reading: Reading, cue: Cue) -> int | None:
    token = reading.tokens[cue.head]
    for _ in range(_MAX_CLIMB):
        if token.head.i == token.i or token.dep_.startswith("acl"):
            return None
        token = token.head
        subject = _subject_child(reading, token, token.i)
        if subject is not None:
            return subject
    return None


def _finite_verbs_before(reading: Reading, cue: Cue, start: int) -> Iterator[int]:
    for index in range(cue.first - 1, start - 1, -1):
        if reading.is_finite(index) and reading.in_quotation[index] == reading.in_quotation[cue.head]:
            yield index


def _subject_behind(reading: Reading, cue: Cue) -> int | None:
    """ "Affirmant que P, il a critiqué Q": behind the comma the first subject of a main clause."""
    sentence = reading.sentences[reading.sentence_of[cue.head]]
    comma = False
    for index in range(cue.end, sentence.end):
        if reading.in_quotation[index] != reading.in_quotation[cue.head]:
            continue
        token = reading.tokens[index]
        if reading.lower[index - 1] == "," and reading.lower[index] in reading.words["subject_pronouns"]:
            return index
        comma = comma or reading.lower[index] == ","
        if comma and token.dep_ in _SUBJECTS and token.head.dep_ == "ROOT" and token.i < token.head.i:
            return int(token.i)
    return None


def _subject_child(reading: Reading, token: Token, before: int) -> int | None:
    for child in token.children:
        if child.dep_ in _SUBJECTS and child.i < before and reading.lower[child.i] not in reading.words["euphonic"]:
            return int(child.i)
    return None


def _subject_by_parse(reading: Reading, cue: Cue) -> int | None:
    token = reading.tokens[cue.head]
    for _ in range(_MAX_CLIMB):
        subject = _subject_child(reading, token, cue.head)
        if subject is not None:
            return subject
        if token.head.i == token.i:
            return None
        if token.dep_ in ("acl", "acl:relcl") and token.head.pos_ in _NAMING:
            return int(token.head.i)
        if token.dep_.startswith(("ccomp", "parataxis")) and cue.form is not VerbForm.GERUND:
            return None
        token = token.head
    return None


def _may_be_subject(reading: Reading, head: int, cue: Cue) -> bool:
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


def _noun_phrase_before(reading: Reading, cue: Cue, start: int) -> int | None:
    """The pronoun or the head of the noun phrase that ends right before the group."""
    return _phrase_before_verb(reading, cue.first, start)


def _phrase_before_verb(reading: Reading, first: int, start: int) -> int | None:
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


def _before_asides(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "Marie Durand, élue hier, a dit": the noun phrase before the words between commas."""
    index = cue.first - 1
    while index >= start and reading.tokens[index].is_space:
        index -= 1
    if index <= start or reading.lower[index] not in (",", ")"):
        return None
    opening = {",": ",", ")": "("}[reading.lower[index]]
    for comma in range(index - 1, max(start, index - _MAX_ASIDE), -1):
        if reading.lower[comma] == opening:
            found = _phrase_before_comma(reading, cue, comma, start)
            if found is not None:
                return found
    return None


def _phrase_before_comma(reading: Reading, cue: Cue, comma: int, start: int) -> int | None:
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
    return int(head.i) if nominal and _may_be_subject(reading, head.i, cue) else None


def _first_noun(reading: Reading, cue: Cue, start: int) -> int | None:
    """The first noun or name of the sentence that stands behind no preposition."""
    for index in range(start, cue.first):
        token = reading.tokens[index]
        if token.pos_ in ("NOUN", "PROPN") and not reading.is_time(index) and reading.is_word(index):
            if not _has_case(reading, index) and token.dep_ not in ("obj", "flat", "flat:name"):
                return index
        elif reading.lower[index] in reading.words["subject_pronouns"] and token.pos_ == "PRON":
            return index
    return None
