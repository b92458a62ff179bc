"""Who "il", "elle", "ce dernier" is: the nearest fitting speaker or subject."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from language.claim_candidates import Source
from language.speaker_antecedents import (
    Antecedent,
    agrees,
    antecedents,
    antecedents_by_sentence,
    groups_named,
    is_last_mentioned,
    named_subjects,
)
from language.speaker_history import UNKNOWN, Speaker
from language.speaker_labels import LOC
from language.speaker_memory import SpeakerMemory
from schemas.vocabulary import SpeakerMethod

_REACH_SENTENCES = 6
_CHAIN_SENTENCES = 2
_LAST_NAMED = 3
"""Names before "celui-ci" of which one is meant."""


def pronoun_speaker(memory: SpeakerMemory, source: Source) -> Speaker:
    """The speaker that a pronoun stands for; unknown where nothing fits."""
    reading, words = memory.reading, memory.words
    word = reading.lower[source.head]
    if is_last_mentioned(memory, source.end - 1):
        last = memory.last_named(source.start, _gender_of_last(memory, source))
        if last is not None:
            return memory.known_as(last, SpeakerMethod.PRONOUN)
    if _is_impersonal(memory, source):
        return UNKNOWN
    gender = "Fem" if word in words["feminine"] else "Masc"
    plural = word in words["plural"]
    if word in words["last_named"]:
        before = memory.mentions.ended(reading.starts[source.head])
        latest = islice((m for m in before if m.label is not LOC), _LAST_NAMED)
        known = [s for s in (memory.known_as(m, SpeakerMethod.PRONOUN) for m in latest) if s.gender == gender]
        if known and not plural:
            return known[0]
    best = _speaker_around(memory, source, gender, plural) or _nearest(memory, source, gender, plural)
    if best is None:
        return replace(UNKNOWN, gender=gender, plural=plural)
    return replace(best, method=SpeakerMethod.PRONOUN, gender=best.gender if plural else gender, plural=plural)


def _gender_of_last(memory: SpeakerMemory, source: Source) -> str:
    """ "cette dernière", "ce dernier" """
    return "Fem" if memory.reading.lower[source.end - 1] in memory.words["last_mentioned_feminine"] else "Masc"


def _is_impersonal(memory: SpeakerMemory, source: Source) -> bool:
    """ "il faut dire que", "il s'agit de", "il semble": nobody."""
    lower, words = memory.reading.lower, memory.words
    if lower[source.head] not in words["impersonal"]:
        return False
    behind = [w for w in lower[source.head + 1 : source.head + 4] if w not in words["before_impersonal"]]
    return bool(behind) and behind[0] in words["impersonal_verbs"]


def _speaker_around(memory: SpeakerMemory, source: Source, gender: str, plural: bool) -> Speaker | None:
    """ "X a affirmé qu'il n'avait pas dit que P": inside reported words, outside quotation marks, "il" is whoever
    they are about, or X."""
    said = memory.around(memory.reading.starts[source.head])
    if said is None or said.direct or memory.reading.in_quotation[source.head] >= 0:
        return None
    floor = memory.reading.token_at(said.start)
    inside = [a for a in named_subjects(memory, floor, source.head, said.start) if agrees(a.speaker, gender, plural)]
    if inside:
        return inside[-1].speaker
    return said.speaker if agrees(said.speaker, gender, plural) else None


def _nearest(memory: SpeakerMemory, source: Source, gender: str, plural: bool) -> Speaker | None:
    """The nearest that fits, by sentences and then by place; inside a quotation it never is who is quoted."""
    reading = memory.reading
    said = memory.around(reading.starts[source.head])
    quoted = said.speaker.name if said is not None and reading.in_quotation[source.head] >= 0 else None
    chained = _same_pronoun_before(memory, source) if quoted is None else None
    if not plural:
        return _nearest_one(memory, source, gender, quoted, chained)
    floor = memory.sentence_start(source.head, _REACH_SENTENCES)
    options = antecedents(memory, floor, source.head, gender, plural, quoted)
    if chained is not None and not _new_subject(options, chained):
        return _nearest(memory, replace(source, start=chained, end=chained + 1, head=chained), gender, plural)
    if not options and gender == "Masc" and quoted is None:
        options = antecedents(memory, floor, source.head, "Fem", plural, None)  # "Les autorités … Ils …"
        options = options or list(groups_named(memory, floor, source.head, gender, reported=True))
        if not options:
            return _heard_for_many(memory, source)
    return min(options, key=partial(_distance, memory, source)).speaker if options else None


def _nearest_one(
    memory: SpeakerMemory, source: Source, gender: str, quoted: str | None, chained: int | None
) -> Speaker | None:
    """The same in the singular; it looks no further back than where somebody nearer is found."""
    distance = partial(_distance, memory, source)
    sentences = antecedents_by_sentence(memory, source.head, _REACH_SENTENCES, gender, quoted)
    options: list[Antecedent] = []
    if chained is not None:
        for start, found in sentences:
            options.extend(found)
            if start <= chained:
                break
        if not _new_subject(options, chained):
            return _nearest(memory, replace(source, start=chained, end=chained + 1, head=chained), gender, False)
    for start, found in sentences:
        options.extend(found)
        best = min(options, key=distance, default=None)
        # Whoever stands further back is further away than this sentence, whatever the doubt.
        if best is not None and distance(best)[0] <= memory.sentences_between(start, source.head):
            return best.speaker
    return min(options, key=distance).speaker if options else None


def _distance(memory: SpeakerMemory, source: Source, option: Antecedent) -> tuple[int, int]:
    """In sentences, and then by place."""
    return memory.sentences_between(option.at, source.head) + option.doubt, -option.at


def _new_subject(options: Sequence[Antecedent], since: int) -> bool:
    """Somebody has certainly become the subject behind the token `since`."""
    return any(option.at > since and option.doubt == 0 for option in options)


def _heard_for_many(memory: SpeakerMemory, source: Source) -> Speaker | None:
    """ "Un porte-parole a démenti. « P », ont-ils ajouté": the writer thinks of all whom the speaker stands for."""
    floor = memory.sentence_start(source.head, _CHAIN_SENTENCES)
    last = next((h.speaker for h in memory.heard.back_to(floor, source.head) if not h.reported), None)
    return None if last is None or (last.person and last.entity_id is not None) else last


def possessor(memory: SpeakerMemory, source: Source) -> Speaker:
    """Whose words "ses propos" are: who spoke last, else whoever is in focus."""
    floor = memory.sentence_start(source.head, _REACH_SENTENCES)
    if any(memory.heard.back_to(floor, source.head)):
        return memory.last_heard(SpeakerMethod.PRONOUN)
    options = [
        (memory.sentences_between(option.at, source.head) + option.doubt, -option.at, option.speaker)
        for gender in ("Masc", "Fem")
        for option in antecedents(memory, floor, source.head, gender, False, None)
        if option.speaker.person or option.speaker.entity_id is None
    ]
    if not options:
        return UNKNOWN
    return replace(min(options, key=lambda o: o[:2])[2], method=SpeakerMethod.PRONOUN)


def _same_pronoun_before(memory: SpeakerMemory, source: Source) -> int | None:
    """ "Il est parti. Il a dit P": the subject pronoun of one of the last sentences, which is the same person unless
    another one has become a subject since."""
    reading, form = memory.reading, memory.reading.lower[source.head].removeprefix("-").removeprefix("t-")
    forms = frozenset({form, f"-{form}", f"t-{form}", f"-t-{form}"})
    floor = memory.sentence_start(source.head, _CHAIN_SENTENCES)
    if forms.isdisjoint(reading.lower[floor : source.head]):
        return None
    for index in range(source.head - 1, floor - 1, -1):
        if reading.lower[index] not in forms:
            continue
        if reading.in_quotation[index] >= 0 or memory.is_reported(reading.starts[index]):
            continue
        earlier = replace(source, start=index, end=index + 1, head=index)
        subject = reading.dep[index].startswith(("nsubj", "expl:subj"))
        return index if subject and not _is_impersonal(memory, earlier) else None
    return None
