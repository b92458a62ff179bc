"""Who a description is whose name comes later: "La candidate du parti écologiste promet P. Anne Morel veut aussi Q"."""

from language.claim_candidates import Source
from language.speaker_history import Speaker
from language.speaker_memory import SpeakerMemory
from language.speaker_roles import content_words, countries_in
from schemas.entity import EntityMention
from schemas.vocabulary import SpeakerMethod

_REACH_SENTENCES = 2
"""Sentences after the description in which the name must come."""


def named_soon(memory: SpeakerMemory, source: Source, surface: str, gender: str | None) -> Speaker | None:
    """The person who is named in the same paragraph soon after the description, as a subject without an office."""
    reading, words = memory.reading, memory.words
    noun = reading.lower[source.head]
    wanted = content_words(surface, words)
    if noun not in words["person_nouns"] or not wanted - countries_in(wanted) - {noun}:
        return None
    limit = memory.sentence_start(source.head, -_REACH_SENTENCES - 1)
    for at, mention in memory.persons.between(source.end, limit):
        if "\n" in reading.text[reading.ends[source.end - 1] : mention.start]:
            return None
        if _is_new(memory, mention, source) and memory.is_subject(mention, at) and reading.in_quotation[at] < 0:
            fits = memory.gender_of(mention.entity_id) in (None, gender)
            apart = mention.entity_id not in memory.roles.persons and _begins_sentence(memory, at)
            return memory.known_as(mention, SpeakerMethod.DESCRIPTION, gender) if fits and apart else None
    return None


def _is_new(memory: SpeakerMemory, mention: EntityMention, source: Source) -> bool:
    """Not named in the paragraph before the description."""
    reading = memory.reading
    start = reading.text.rfind("\n", 0, reading.starts[source.start]) + 1
    earlier = memory.places_of(mention.entity_id).back_from(source.start)
    return not any(m.start >= start for _, m in earlier)


def _begins_sentence(memory: SpeakerMemory, at: int) -> bool:
    sentence = memory.reading.outer_sentence(at)
    return sentence is not None and memory.reading.next_word(sentence.start, sentence.end) == at
