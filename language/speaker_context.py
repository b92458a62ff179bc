"""Whose a quotation is that nobody is said to have said: the subject of the sentence around it or before it.

"Le maire a visité le port. « P »", "La ministre est « Q »": news writers leave out the verb of saying where the
sentence has made plain who speaks.
"""

from dataclasses import replace

from language.claim_candidates import Candidate, Source
from language.reading import Sentence
from language.source_phrases import span_of
from language.speaker_appositions import apposed_name
from language.speaker_descriptions import described_speaker
from language.speaker_history import UNKNOWN, Speaker
from language.speaker_labels import LOC
from language.speaker_memory import SpeakerMemory
from language.speaker_pronouns import pronoun_speaker
from schemas.vocabulary import SpeakerMethod

_PERSONAL = frozenset({"il", "elle", "ils", "elles"})


def speaker_beside(memory: SpeakerMemory, candidate: Candidate) -> Speaker | None:
    """The person or organisation that is the subject of the quotation's sentence, or of the one before it."""
    reading = memory.reading
    if candidate.quotation is None:
        return None
    mark = reading.token_at(candidate.quotation.open)
    around, before = reading.outer_sentences_to(mark)
    if around is None:
        return None
    if any(reading.in_quotation[i] < 0 and reading.is_word(i) for i in range(around.start, mark)):
        named = _named_before_colon(memory, around, mark)
        return named or _subject_of(memory, around, mark) or _introduced(memory, around, mark)
    alone = not any(reading.in_quotation[i] < 0 and reading.is_word(i) for i in range(around.start, around.end))
    if before is None or not alone:
        return None
    introduced = _named_before_colon(memory, before, mark) or _introduced(memory, before, mark)
    if introduced is None and "\n" in reading.text[reading.ends[before.end - 1] - 1 : candidate.start]:
        return _subject_of(memory, before, before.end) if _colon_before(memory, mark) is not None else None
    return _subject_of(memory, before, before.end) or introduced


def _colon_before(memory: SpeakerMemory, mark: int) -> int | None:
    reading, index = memory.reading, mark - 1
    while index > 0 and reading.is_space(index):
        index -= 1
    return index if index > 0 and reading.lower[index] == ":" else None


def _named_before_colon(memory: SpeakerMemory, sentence: Sentence, mark: int) -> Speaker | None:
    """ "C'est l'avis d'Anne Morel, maire de Lens : « P »": the person named last, with nothing but an apposition behind."""
    reading, colon = memory.reading, _colon_before(memory, mark)
    last = next(memory.persons.ended(reading.starts[colon]), None) if colon is not None else None
    if colon is None or last is None or last.start < reading.starts[sentence.start]:
        return None
    words = [i for i in range(reading.token_before(last.end), colon) if not reading.is_space(i)]
    apposed = bool(words) and reading.lower[words[0]] == "," and not any(reading.is_finite(i) for i in words)
    return memory.known_as(last, SpeakerMethod.CONTEXT) if apposed else None


def _introduced(memory: SpeakerMemory, sentence: Sentence, mark: int) -> Speaker | None:
    """ "La direction a publié un communiqué : « P »": before a colon the person or the body that is the subject."""
    reading, colon = memory.reading, _colon_before(memory, mark)
    if colon is None:
        return None
    for index in range(colon - 1, sentence.start - 1, -1):
        if (
            reading.in_quotation[index] < 0
            and reading.dep[index] == "nsubj"
            and reading.dep[reading.head[index]] in ("ROOT", "conj")
        ):
            low, high = span_of(reading, index, sentence.start)
            noun, words = reading.lower[index], memory.words
            if not any(noun in words[kind] for kind in ("person_nouns", "speaking", "groups")):
                return None
            described = described_speaker(memory, Source(low, high, index, SpeakerMethod.CONTEXT))
            return replace(described, method=SpeakerMethod.CONTEXT)
    return None


def _subject_of(memory: SpeakerMemory, sentence: Sentence, limit: int) -> Speaker | None:
    """Whoever is the last subject of a main clause there, if named or a pronoun."""
    reading = memory.reading
    for index in range(limit - 1, sentence.start - 1, -1):
        if (
            reading.in_quotation[index] >= 0
            or not reading.dep[index].startswith("nsubj")
            or reading.dep[index] == "nsubj:pass"
        ):
            continue
        if reading.lower[index] in _PERSONAL:
            speaker = pronoun_speaker(memory, Source(index, index + 1, index, SpeakerMethod.PRONOUN))
        else:
            speaker = _named_at(memory, index)
        if speaker.entity_id is not None:
            return replace(speaker, method=SpeakerMethod.CONTEXT)
    return None


def _named_at(memory: SpeakerMemory, index: int) -> Speaker:
    """The person or organisation whose name stands at the token or in apposition to it."""
    reading = memory.reading
    covering = memory.mentions.touching(reading.starts[index], reading.ends[index])
    hanging = [m for child in reading.children(index) for _, m in memory.mentions.between(child, child + 1)]
    for mention in sorted((*covering, *hanging), key=lambda m: m.start):
        if mention.label is not LOC and memory.is_subject(mention, reading.token_at(mention.start)):
            return memory.known_as(mention, SpeakerMethod.CONTEXT)
    low, high = span_of(reading, index, 0)
    named = apposed_name(memory, Source(low, high, index, SpeakerMethod.CONTEXT))
    return memory.known_as(named, SpeakerMethod.CONTEXT) if named is not None else UNKNOWN
