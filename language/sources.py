"""Find where the speaker of a cue is mentioned: its subject, its agent, the noun after "selon"."""

from spacy.tokens import Token

from language.claim_candidates import Source
from language.cue_groups import Cue
from language.cues import VerbForm
from language.reading import Reading
from schemas.vocabulary import SpeakerMethod

_CUT_BELOW = frozenset({"appos", "acl:relcl", "acl", "punct", "parataxis", "cc", "advcl", "dep", "discourse"})
_MAX_CLIMB = 6
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "NUM", "X", "ADJ", "SYM"})
_BREAKS = frozenset({",", "–", "—", ";", ":", "(", ")", "«", "»", '"'})


def source_of(reading: Reading, cue: Cue, inverted: bool, limit: int) -> Source | None:
    """The mention of who speaks by this cue, or None."""
    if cue.inverted is not None:
        return Source(cue.inverted, cue.inverted + 1, cue.inverted, SpeakerMethod.SUBJECT)
    if inverted:
        return noun_phrase_after(reading, cue.end, limit, SpeakerMethod.SUBJECT)
    if cue.passive:
        return _agent(reading, cue, limit)
    head = _subject_by_parse(reading, cue)
    sentence = reading.sentences[reading.sentence_of[cue.head]]
    if head is None or not sentence.start <= head < cue.first:
        head = _subject_by_surface(reading, cue, sentence.start)
    if head is None:
        return None
    head = _antecedent(reading, head)
    start, end = span_of(reading, head, sentence.start)
    return Source(start, end, head, SpeakerMethod.SUBJECT)


def noun_phrase_after(reading: Reading, start: int, limit: int, method: SpeakerMethod) -> Source | None:
    """The noun phrase that begins at or soon after `start`: up to a comma or an adverbial."""
    begin = start
    commas = 0
    while begin < limit:
        token, word = reading.tokens[begin], reading.lower[begin]
        if word == ",":
            commas += 1
        elif (commas != 1 and (token.pos_ in ("DET", "NOUN", "PROPN", "PRON", "NUM", "X") or word in reading.words["determiners"])) or (commas == 0 and token.pos_ not in ("ADV", "SPACE", "ADJ")):
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
        return word not in ("de", "d'", "du", "des", "à", "aux", "au", "en") or word in ("à", "au", "aux", "en")
    if token.pos_ in ("VERB", "AUX", "SCONJ") or word in reading.words["relatives"] or word in reading.words["that"]:
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


def _subject_by_surface(reading: Reading, cue: Cue, start: int) -> int | None:
    """The noun phrase right before the group; an apposition between commas is stepped over."""
    index = cue.first - 1
    while index >= start and (reading.tokens[index].is_space or reading.tokens[index].pos_ == "ADV"):
        index -= 1
    if index >= start and reading.lower[index] == ",":
        index -= 1
        while index >= start and reading.lower[index] != ",":
            index -= 1
        index -= 1
    while index >= start and not reading.is_finite(index):
        token = reading.tokens[index]
        if token.dep_.startswith("nsubj") or reading.lower[index] in reading.words["subject_pronouns"]:
            return index
        index -= 1
    index = cue.first - 1
    while index >= start and index > cue.first - 8:
        if reading.tokens[index].pos_ in ("PROPN", "NOUN", "PRON"):
            head = reading.tokens[index]
            while start <= head.head.i < head.i and head.dep_ in ("nmod", "flat", "flat:name", "appos", "amod"):
                head = head.head
            return int(head.i)
        if reading.is_finite(index):
            return None
        index -= 1
    return None


def _antecedent(reading: Reading, head: int) -> int:
    """The noun that "qui" stands for."""
    if reading.lower[head] not in reading.words["relatives"]:
        return head
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
    stack = [c for c in token.children if c.dep_ not in _CUT_BELOW]
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
