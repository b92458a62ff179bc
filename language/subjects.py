"""The subject of a cue: the head of the noun phrase that the parse, or the place before the verb, makes its subject.

The parser errs most on long sentences; a candidate that cannot be a subject (behind a preposition, a date, a mark)
gives way to the noun phrase right before the verb, to that before an aside between commas, and to the subject of the
clause that governs the cue.
"""

from collections.abc import Iterator
from dataclasses import replace

from language.cue_groups import Cue
from language.cues import GERUND, INFINITIVE
from language.phrases_before import before_asides, first_noun, may_be_subject, phrase_before_comma, phrase_before_verb
from language.reading import Reading
from language.source_phrases import BREAKS

_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "expl:subj", "nsubj:caus"})
_NAMING = frozenset({"NOUN", "PROPN", "PRON"})
_MAX_CLIMB = 6


def subject_of(reading: Reading, cue: Cue, start: int) -> int | None:
    """Head of the subject before the cue, not before the token `start`; None where there is none."""
    cue = _before_object_pronoun(reading, cue, start)
    if _is_set_off(reading, cue):
        return _subject_of_main_clause(reading, cue, start)
    before = cue.first - 1
    if before >= start and cue.form is not INFINITIVE and reading.lower[before] in reading.words["personal"]:
        return before  # whatever the parse says
    doubled = _doubled(reading, cue, start)
    if doubled is not None:
        return doubled
    for child in reading.children(cue.head):
        if reading.dep[child] in _SUBJECTS and start <= child < cue.head and may_be_subject(reading, child, cue):
            return child
    if cue.first > start and reading.lower[cue.first - 1] in reading.words["coordinators"]:
        joined = _subject_of_verb_before(reading, cue, start)
        if joined is not None:
            return joined
    for found in (phrase_before_verb(reading, cue.first, start), before_asides(reading, cue, start)):
        if found is not None:
            return found
    climbed = _subject_by_parse(reading, cue)
    if climbed is not None and start <= climbed < cue.first and may_be_subject(reading, climbed, cue):
        return climbed
    infinitive = cue.form is INFINITIVE or reading.is_infinitive(cue.start)
    if infinitive and _opens_sentence(reading, cue, start):
        return _subject_behind(reading, cue)
    if cue.form is GERUND:
        # "Le train étant plein, le personnel a fait un tirage au sort invitant X à partir"
        return _subject_of_main_clause(reading, cue, start)
    return first_noun(reading, cue, start)


def _before_object_pronoun(reading: Reading, cue: Cue, start: int) -> Cue:
    """ "Le monde vous demande de P", "l'honneur de vous annoncer que P": "vous" and "nous" before a verb without the
    ending of this person are its object."""
    before = cue.first - 1
    if before <= start or reading.lower[before] not in reading.words["object_or_subject"]:
        return cue
    agreeing = tuple(reading.words["agreeing_endings"])
    agrees = any(reading.lower[i].endswith(agreeing) for i in range(cue.first, cue.end))
    return cue if agrees else replace(cue, first=before)


def _doubled(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "La direction, elle, assure que P": the noun that a pronoun between commas takes up."""
    index = cue.first - 2
    if index - 1 <= start or reading.lower[index + 1] != "," or reading.lower[index - 1] != ",":
        return None
    return (
        phrase_before_comma(reading, cue, index - 1, start)
        if reading.lower[index] in reading.words["doubling"]
        else None
    )


def _opens_sentence(reading: Reading, cue: Cue, start: int) -> bool:
    """ "Après avoir nié que P, le maire …": nothing but prepositions and adverbs before the infinitive."""
    return all(reading.pos[i] in ("ADP", "ADV", "SPACE", "SCONJ") for i in range(start, cue.first))


def _is_set_off(reading: Reading, cue: Cue) -> bool:
    """A gerund behind "en" or a comma: "X a reçu Y, ajoutant que"; "un rapport affirmant que" has its noun before."""
    if cue.form is not GERUND:
        return False
    if cue.first == 0 or reading.lower[cue.first] in reading.words["gerund_markers"]:
        return True  # "en" looks like a clitic of the verb
    before = reading.lower[cue.first - 1]
    return before in BREAKS or before in reading.words["gerund_markers"] or "\n" in before


def _subject_of_main_clause(reading: Reading, cue: Cue, start: int) -> int | None:
    """The subject of the clause that a gerund belongs to: by the parse, of the verbs before it, of that behind it."""
    climbed = _governing_subject(reading, cue)
    if climbed is not None and climbed >= start and may_be_subject(reading, climbed, cue):
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
        if reading.lower[index] in reading.words["that"] or reading.lower[index] in reading.words["relatives"]:
            return True
    return False


def _subject_of_verb(reading: Reading, cue: Cue, verb: int, start: int) -> int | None:
    main = reading.head[verb] if reading.dep[verb].startswith(("aux", "cop")) else verb
    found = _subject_child(reading, main, verb)
    if found is None or found < start or not may_be_subject(reading, found, cue):
        first = _before_clitics(reading, verb, start)
        found = phrase_before_verb(reading, first, start)
        if found is None:  # "Anne Morel, qui est du pays, s'est levée en disant que P"
            found = before_asides(reading, replace(cue, first=first), start)
    return found


def _before_clitics(reading: Reading, verb: int, start: int) -> int:
    while verb > start and reading.lower[verb - 1] in reading.words["clitics"]:
        verb -= 1
    return verb


def _phrase_before_aside(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "La ministre, redoutant un bilan lourd, a demandé des moyens": the aside stands right behind the subject."""
    index = cue.first - 1
    while index > start and (reading.is_space(index) or reading.lower[index] in reading.words["gerund_markers"]):
        index -= 1
    if index <= start or reading.lower[index] != ",":
        return None
    return before_asides(reading, cue, start) or phrase_before_comma(reading, cue, index, start)


def _governing_subject(reading: Reading, cue: Cue) -> int | None:
    token = cue.head
    for _ in range(_MAX_CLIMB):
        if reading.head[token] == token or reading.dep[token].startswith("acl"):
            return None
        token = reading.head[token]
        subject = _subject_child(reading, token, token)
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
        if reading.lower[index - 1] == "," and reading.lower[index] in reading.words["subject_pronouns"]:
            return index
        comma = comma or reading.lower[index] == ","
        if (
            comma
            and reading.dep[index] in _SUBJECTS
            and reading.dep[reading.head[index]] == "ROOT"
            and index < reading.head[index]
        ):
            return index
    return None


def _subject_child(reading: Reading, token: int, before: int) -> int | None:
    for child in reading.children(token):
        if reading.dep[child] in _SUBJECTS and child < before and reading.lower[child] not in reading.words["euphonic"]:
            return child
    return None


def _subject_by_parse(reading: Reading, cue: Cue) -> int | None:
    token = cue.head
    for _ in range(_MAX_CLIMB):
        subject = _subject_child(reading, token, cue.head)
        if subject is not None:
            return subject
        if reading.head[token] == token:
            return None
        if reading.dep[token] in ("acl", "acl:relcl") and reading.pos[reading.head[token]] in _NAMING:
            return reading.head[token]
        if reading.dep[token].startswith(("ccomp", "parataxis")) and cue.form is not GERUND:
            return None
        token = reading.head[token]
    return None
