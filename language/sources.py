"""Find where the speaker of a cue is mentioned: its subject, its agent, the noun after "selon"."""

from collections.abc import Mapping

from spacy.tokens import Token

from language.claim_candidates import Source
from language.cue_groups import Cue
from language.cues import VerbForm
from language.inversion import is_inverted
from language.reading import Reading
from schemas.vocabulary import SpeakerMethod

_CUT_BELOW = frozenset({"acl:relcl", "acl", "punct", "parataxis", "cc", "advcl", "dep", "discourse"})
_INSIDE_PHRASE = frozenset({"nmod", "flat", "flat:name", "flat:foreign", "appos", "amod", "acl", "dep"})
_MAX_APPOSITION = 25
_MAX_CLIMB = 6
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "X", "ADJ", "SYM"})
_BREAKS = frozenset({",", "–", "—", ";", ":", "(", ")", "«", "»", '"'})


def source_of(reading: Reading, cues: Mapping[int, Cue], cue: Cue, inverted: bool, limit: int) -> Source | None:
    """The mention of who speaks by this cue, or None.

    Args:
        cues: all cues of the text by head token: a gerund shares the subject of the cue before it.
        inverted: the subject stands behind the verb.
        limit: end of the sentence.
    """
    if cue.inverted is not None:
        return Source(cue.inverted, cue.inverted + 1, cue.inverted, SpeakerMethod.SUBJECT)
    if inverted:
        return noun_phrase_after(reading, cue.end, limit, SpeakerMethod.SUBJECT)
    if cue.passive:
        return _agent(reading, cue, limit)
    voice = _by_the_voice_of(reading, cue, limit)
    if voice is not None:
        return voice
    start = _reach_of_subject(reading, cue)
    if _shares_subject(reading, cue):
        other = _cue_before(reading, cues, cue, start)
        if other is not None:
            return source_of(reading, cues, other, is_inverted(reading, other, limit), limit)
    head = _subject(reading, cue, start)
    if head is None:
        return None
    head = _antecedent(reading, head)
    first, last = span_of(reading, head, 0)
    return Source(first, last, head, SpeakerMethod.SUBJECT)


def _reach_of_subject(reading: Reading, cue: Cue) -> int:
    """First token where the subject may stand: "le dirigeant « a affirmé que P »" has it outside."""
    sentence = reading.sentences[reading.sentence_of[cue.head]]
    if sentence.quotation is None or reading.next_word(sentence.start, sentence.end) < cue.first:
        return sentence.start
    outer = [s for s in reading.sentences if s.quotation is None and s.start <= sentence.start < s.end]
    return outer[0].start if outer else sentence.start


def _by_the_voice_of(reading: Reading, cue: Cue, limit: int) -> Source | None:
    """ "indique par la voix de X" """
    for index in range(cue.end, min(limit, cue.end + 4)):
        phrase = tuple(reading.lower[index : index + 3])
        if " ".join(phrase) in reading.words["by_the_voice"] and index + 4 < limit:
            return noun_phrase_after(reading, index + 4, limit, SpeakerMethod.SUBJECT)
    return None


def _shares_subject(reading: Reading, cue: Cue) -> bool:
    """A gerund set off by a comma or "en", or a second verb behind "et", has the subject of the first."""
    if cue.first == 0:
        return False
    previous = reading.lower[cue.first - 1]
    if cue.form is VerbForm.GERUND:
        return previous in _BREAKS or previous in reading.words["gerund_markers"]
    if cue.form is VerbForm.INFINITIVE:
        return True
    return previous in reading.words["and_words"]


def _cue_before(reading: Reading, cues: Mapping[int, Cue], cue: Cue, start: int) -> Cue | None:
    """The last finite cue before this one, outside the words that another one governs by the parse."""
    for index in range(cue.first - 1, start - 1, -1):
        other = cues.get(index)
        if other is not None and other.form in (VerbForm.FINITE, VerbForm.PARTICIPLE) and not other.passive:
            if reading.in_quotation[index] == reading.in_quotation[cue.head]:
                return other
        elif reading.is_finite(index) and cue.form is not VerbForm.GERUND:
            return None
    return None


def _subject(reading: Reading, cue: Cue, start: int) -> int | None:
    """Head of the subject: by the parse, else by its place before the verb."""
    own = _subject_child(reading.tokens[cue.head], cue)
    if own is not None and own >= start and _may_be_subject(reading, own, cue):
        return own
    beside = _noun_phrase_before(reading, cue, start)
    if beside is not None:
        return beside
    stepped = _before_apposition(reading, cue, start)
    if stepped is not None:
        return stepped
    climbed = _subject_by_parse(reading, cue)
    if climbed is not None and start <= climbed < cue.first and _may_be_subject(reading, climbed, cue):
        return climbed
    return _first_noun(reading, cue, start)


def noun_phrase_after(reading: Reading, start: int, limit: int, method: SpeakerMethod) -> Source | None:
    """The noun phrase that begins at or soon after `start`: up to a comma or an adverbial."""
    begin = start
    commas = 0
    while begin < limit:
        token, word = reading.tokens[begin], reading.lower[begin]
        if word == ",":
            commas += 1
        elif (
            commas != 1
            and (token.pos_ in ("DET", "NOUN", "PROPN", "PRON", "NUM", "X") or word in reading.words["determiners"])
        ) or (commas == 0 and token.pos_ not in ("ADV", "SPACE", "ADJ")):
            break
        begin += 1
    if begin >= limit:
        return None
    end = begin
    while end < limit and not _ends_phrase(reading, begin, end):
        end += 1
    if end == begin:
        return None
    head = _head_in(reading, begin, end)
    return Source(begin, end, head, method)


def _ends_phrase(reading: Reading, begin: int, index: int) -> bool:
    word, token = reading.lower[index], reading.tokens[index]
    if word in _BREAKS or "\n" in word or (word in ".!?" and len(word) == 1):
        return True
    if index == begin:
        return False
    if token.pos_ == "ADP":
        return word not in reading.words["genitive"]
    if (
        token.pos_ in ("VERB", "AUX", "SCONJ")
        or word in reading.words["subordinators"]
        or word in reading.words["relatives"]
        or word in reading.words["that"]
    ):
        return True
    return token.ent_type_ in ("DATE", "TIME") and token.pos_ in ("NOUN", "DET", "PRON")


def _head_in(reading: Reading, start: int, end: int) -> int:
    """The token of the span whose head lies outside; else the first noun, name or pronoun."""
    nominal = [i for i in range(start, end) if reading.tokens[i].pos_ in _NOMINAL]
    for i in nominal:
        if reading.tokens[i].pos_ in ("NOUN", "PROPN", "PRON") and not start <= reading.tokens[i].head.i < end:
            return i
    for i in nominal:
        if reading.tokens[i].pos_ in ("NOUN", "PROPN", "PRON"):
            return i
    return nominal[0] if nominal else start


def _agent(reading: Reading, cue: Cue, limit: int) -> Source | None:
    for index in range(cue.end, min(limit, cue.end + 12)):
        if reading.lower[index] in reading.words["agent_markers"]:
            return noun_phrase_after(reading, index + 1, limit, SpeakerMethod.AGENT)
        if reading.lower[index] in reading.words["that"] or reading.is_finite(index):
            return None
    return None


def _subject_by_parse(reading: Reading, cue: Cue) -> int | None:
    token = reading.tokens[cue.head]
    for _ in range(_MAX_CLIMB):
        subject = _subject_child(token, cue)
        if subject is not None:
            return subject
        if token.head.i == token.i:
            return None
        if token.dep_ in ("acl", "acl:relcl") and token.head.pos_ in ("NOUN", "PROPN", "PRON"):
            return int(token.head.i)
        if token.dep_.startswith(("ccomp", "parataxis")) and cue.form is not VerbForm.GERUND:
            return None
        token = token.head
    return None


def _subject_child(token: Token, cue: Cue) -> int | None:
    for child in token.children:
        if child.dep_ in ("nsubj", "nsubj:pass", "expl:subj", "nsubj:caus") and child.i < cue.head:
            return int(child.i)
    return None


def _noun_phrase_before(reading: Reading, cue: Cue, start: int) -> int | None:
    """The pronoun or the head of the noun phrase that ends right before the group."""
    index = cue.first - 1
    while index >= start and (reading.tokens[index].is_space or reading.tokens[index].pos_ == "ADV"):
        index -= 1
    if index < start or (cue.form in (VerbForm.GERUND, VerbForm.INFINITIVE) and reading.lower[index] in _BREAKS):
        return None
    if reading.lower[index] in reading.words["subject_pronouns"]:
        return index
    if reading.tokens[index].pos_ not in ("PROPN", "NOUN", "PRON", "ADJ", "X", "NUM"):
        return None
    head = _head_of_phrase(reading, index, start)
    return (
        None
        if _has_case(reading, head.i) or reading.is_time(head.i) or head.pos_ not in ("NOUN", "PROPN", "PRON")
        else int(head.i)
    )


def _head_of_phrase(reading: Reading, last: int, start: int) -> Token:
    """Head of the noun phrase that ends with the token `last`; it never lies beyond a comma."""
    while start < last and reading.lower[start:last].count(","):
        start += reading.lower[start:last].index(",") + 1
    head = reading.tokens[last]
    while start <= head.head.i < head.i and head.dep_ in _INSIDE_PHRASE:
        head = head.head
    return head


def _may_be_subject(reading: Reading, head: int, cue: Cue) -> bool:
    """Not a date, not behind a preposition, not the topic before a colon ("France : le maire avoue …")."""
    if _has_case(reading, head) or reading.is_time(head):
        return False
    return reading.tokens[head].pos_ in _NOMINAL and ":" not in reading.lower[head : cue.first]


def _before_apposition(reading: Reading, cue: Cue, start: int) -> int | None:
    """ "Marie Durand, élue hier, a dit": the noun phrase before the words between commas."""
    index = cue.first - 1
    while index >= start and reading.tokens[index].is_space:
        index -= 1
    if index <= start or reading.lower[index] not in (",", ")"):
        return None
    opening = {",": ",", ")": "("}[reading.lower[index]]
    for comma in range(index - 1, max(start, index - _MAX_APPOSITION), -1):
        if reading.lower[comma] == opening:
            before = comma - 1
            while before >= start and reading.tokens[before].is_space:
                before -= 1
            if before < start or reading.tokens[before].pos_ not in ("PROPN", "NOUN", "ADJ"):
                return None
            head = _head_of_phrase(reading, before, start)
            nominal = head.pos_ in ("NOUN", "PROPN")
            return int(head.i) if nominal and _may_be_subject(reading, head.i, cue) else None
    return None


def _has_case(reading: Reading, index: int) -> bool:
    """A preposition stands before the noun: it is no subject."""
    return any(child.dep_ == "case" and child.i < index for child in reading.tokens[index].children)


def _first_noun(reading: Reading, cue: Cue, start: int) -> int | None:
    """The first noun or name of the sentence that stands behind no preposition."""
    for index in range(start, cue.first):
        token = reading.tokens[index]
        if token.pos_ in ("NOUN", "PROPN") and not reading.is_time(index):
            if not _has_case(reading, index) and token.dep_ not in ("obj", "flat", "flat:name"):
                return index
        elif reading.lower[index] in reading.words["subject_pronouns"] and token.pos_ == "PRON":
            return index
    return None


def _antecedent(reading: Reading, head: int) -> int:
    """The noun that "qui" stands for."""
    if reading.lower[head] not in reading.words["relatives"]:
        return head
    before = head - 1
    while before > 0 and (reading.tokens[before].is_space or reading.lower[before] == ","):
        before -= 1
    if before >= 0 and reading.tokens[before].ent_type_ in ("PER", "ORG"):
        name = reading.tokens[before]
        while name.head.i < name.i and name.head.ent_type_ == name.ent_type_:
            name = name.head
        return int(name.i)
    verb = reading.tokens[head].head
    for _ in range(3):
        if verb.dep_.startswith("acl"):
            return int(verb.head.i)
        verb = verb.head
    for index in range(head - 1, max(-1, head - 8), -1):
        if reading.tokens[index].pos_ in ("NOUN", "PROPN"):
            return index
    return head


def span_of(reading: Reading, head: int, floor: int) -> tuple[int, int]:
    """The noun phrase around its head: its parse, without appositions, relative clauses and what follows a comma."""
    token = reading.tokens[head]
    kept = [head]
    stack = [c for c in token.children if c.dep_ not in _CUT_BELOW and c.dep_ != "case"]
    while stack:
        child = stack.pop()
        kept.append(child.i)
        stack.extend(c for c in child.children if c.dep_ not in _CUT_BELOW)
    low = high = head
    members = set(kept)
    while low - 1 >= floor and (low - 1 in members) and reading.lower[low - 1] not in _BREAKS:
        low -= 1
    while high + 1 in members and reading.lower[high + 1] not in _BREAKS:
        high += 1
    return low, high + 1
