"""Who "il", "elle", "ce dernier" is: the nearest fitting speaker or subject."""

from dataclasses import replace

from language.claim_candidates import Source
from language.reading import has_feature
from language.source_phrases import span_of
from language.speaker_descriptions import described_speaker
from language.speaker_memory import UNKNOWN, Speaker, SpeakerMemory
from schemas.vocabulary import EntityLabel, SpeakerMethod

_REACH_SENTENCES = 6
_PERSON_PREFERENCE = 2
"""Sentences by which a person may be further away than an organisation and still be "il"."""
_LEADING = frozenset({"nsubj", "nsubj:pass", "obl:agent"})
_MAIN = frozenset({"ROOT", "conj", "parataxis"})

Antecedent = tuple[int, Speaker]


def pronoun_speaker(memory: SpeakerMemory, source: Source) -> Speaker:
    """The speaker that a pronoun stands for; unknown where nothing fits."""
    reading, words = memory.reading, memory.words
    word = reading.lower[source.head]
    if reading.lower[source.end - 1] in words["last_mentioned"]:
        last = memory.last_person(source.start)
        if last is not None:
            return memory.known_as(last, SpeakerMethod.PRONOUN)
    gender = "Fem" if word in words["feminine"] else "Masc"
    plural = word in words["plural"]
    options = _antecedents(memory, source, gender, plural)
    if not options:
        last = None if plural else memory.last_person(source.start)
        if last is None or memory.gender.get(last.entity_id) not in (None, gender):
            return replace(UNKNOWN, gender=gender, plural=plural)
        return memory.known_as(last, SpeakerMethod.PRONOUN, gender)
    latest = reading.sentence_of[max(at for at, _ in options)]
    persons = [o for o in options if o[1].person and latest - reading.sentence_of[o[0]] <= _PERSON_PREFERENCE]
    _, best = max(persons or options, key=lambda option: option[0])
    return replace(best, method=SpeakerMethod.PRONOUN, gender=best.gender if plural else gender, plural=plural)


def _antecedents(memory: SpeakerMemory, source: Source, gender: str, plural: bool) -> list[Antecedent]:
    """Speakers and named subjects; described subjects only where they stand in a later sentence than these."""
    reading = memory.reading
    sentence_of = reading.sentence_of
    floor = reading.sentences[max(0, sentence_of[source.head] - _REACH_SENTENCES)].start
    named = [(h.at, h.speaker) for h in memory.heard if floor <= h.at < source.head]
    named = [o for o in named + _named_subjects(memory, floor, source.head) if _agrees(o[1], gender, plural)]
    described = _described_subjects(memory, floor, source.head, gender, plural)
    if not named or not described:
        return named or described
    last_named = max(sentence_of[at] for at, _ in named)
    return [d for d in described if sentence_of[d[0]] > last_named] or named


def _agrees(speaker: Speaker, gender: str, plural: bool) -> bool:
    return speaker.plural == plural and (plural or speaker.gender in (None, gender))


def _named_subjects(memory: SpeakerMemory, floor: int, before: int) -> list[Antecedent]:
    """Persons and organisations that are subjects outside all reported words."""
    reading = memory.reading
    found: list[Antecedent] = []
    for mention in memory.mentions:
        at = reading.token_at(mention.start)
        if not floor <= at < before or reading.in_quotation[at] >= 0 or memory.is_reported(mention.start):
            continue
        last = max(at + 1, reading.token_before(mention.end))
        subject = any(reading.tokens[i].dep_.startswith("nsubj") for i in range(at, last)) or (
            reading.tokens[at].dep_ == "appos" and reading.tokens[at].head.dep_.startswith("nsubj")
        )
        if subject and mention.label in (EntityLabel.PER, EntityLabel.ORG):
            found.append((at, memory.known_as(mention, None)))
    return found


def _described_subjects(memory: SpeakerMemory, floor: int, before: int, gender: str, plural: bool) -> list[Antecedent]:
    """Subjects of main clauses that are nouns: "La mairie a cédé. Elle …"."""
    reading = memory.reading
    found: list[Antecedent] = []
    for index in range(floor, before):
        token = reading.tokens[index]
        if token.dep_ not in _LEADING or token.pos_ != "NOUN" or token.head.dep_ not in _MAIN:
            continue
        if reading.in_quotation[index] >= 0 or memory.is_reported(token.idx):
            continue
        if has_feature(token, "Gender", gender) and has_feature(token, "Number", "Plur") == plural:
            low, high = span_of(reading, index, 0)
            found.append((index, described_speaker(memory, Source(low, high, index, SpeakerMethod.DESCRIPTION))))
    return found
