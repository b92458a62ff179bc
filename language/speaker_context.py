"""Whose a quotation is that nobody is said to have said: the subject of the sentence around it or before it.

"Le maire a visité le port. « P »", "La ministre est « Q »": news writers leave out the verb of saying where the
sentence has made plain who speaks.
"""

from dataclasses import replace

from language.claim_candidates import Candidate, Source
from language.reading import Sentence
from language.speaker_history import UNKNOWN, Speaker
from language.speaker_memory import SpeakerMemory
from language.speaker_pronouns import pronoun_speaker
from schemas.vocabulary import EntityLabel, SpeakerMethod

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
        return _subject_of(memory, around, mark)
    alone = not any(reading.in_quotation[i] < 0 and reading.is_word(i) for i in range(around.start, around.end))
    if before is None or not alone or "\n" in reading.text[reading.ends[before.end - 1] - 1 : candidate.start]:
        return None
    return _subject_of(memory, before, before.end)


def _subject_of(memory: SpeakerMemory, sentence: Sentence, limit: int) -> Speaker | None:
    """Whoever is the last subject of a main clause there, if named or a pronoun."""
    reading = memory.reading
    for index in range(limit - 1, sentence.start - 1, -1):
        token = reading.tokens[index]
        if reading.in_quotation[index] >= 0 or not token.dep_.startswith("nsubj") or token.dep_ == "nsubj:pass":
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
    hanging = [m for child in reading.tokens[index].children for _, m in memory.mentions.between(child.i, child.i + 1)]
    for mention in sorted((*covering, *hanging), key=lambda m: m.start):
        if mention.label is not EntityLabel.LOC and memory.is_subject(mention, reading.token_at(mention.start)):
            return memory.known_as(mention, SpeakerMethod.CONTEXT)
    return UNKNOWN
