"""Who "il", "elle", "ce dernier" is: the nearest fitting speaker or subject."""

from dataclasses import replace

from language.claim_candidates import Source
from language.reading import has_feature
from language.source_phrases import span_of
from language.speaker_descriptions import described_speaker
from language.speaker_memory import UNKNOWN, Speaker, SpeakerMemory
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel, SpeakerMethod

_REACH_SENTENCES = 6
_PERSON_PREFERENCE = 2
"""Sentences by which a person may be further away than an organisation or a country and still be "il"."""
_NAMED_ONLY = 3
"""Sentences by which somebody who only is named, and neither speaks nor is a subject, counts as further away."""
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
    if _is_impersonal(memory, source):
        return UNKNOWN
    gender = "Fem" if word in words["feminine"] else "Masc"
    plural = word in words["plural"]
    best = _speaker_around(memory, source, gender, plural) or _nearest(memory, source, gender, plural)
    if best is None:
        return replace(UNKNOWN, gender=gender, plural=plural)
    return replace(best, method=SpeakerMethod.PRONOUN, gender=best.gender if plural else gender, plural=plural)


def _is_impersonal(memory: SpeakerMemory, source: Source) -> bool:
    """ "il faut dire que", "il s'agit de", "il semble": nobody."""
    lower, words = memory.reading.lower, memory.words
    if lower[source.head] not in words["impersonal"]:
        return False
    behind = [w for w in lower[source.head + 1 : source.head + 4] if w not in words["before_impersonal"]]
    return bool(behind) and behind[0] in words["impersonal_verbs"]


def _speaker_around(memory: SpeakerMemory, source: Source, gender: str, plural: bool) -> Speaker | None:
    """ "X a affirmé qu'il n'avait pas dit que P": inside reported words, outside quotation marks, "il" is whoever
    they are about, or X; inside a quotation it never is X."""
    said = memory.around(memory.reading.starts[source.head])
    if said is None or said.direct or memory.reading.in_quotation[source.head] >= 0:
        return None
    floor = memory.reading.token_at(said.start)
    inside = [o for o in _named_subjects(memory, floor, source.head, said.start) if _agrees(o[1], gender, plural)]
    if inside:
        return inside[-1][1]
    return said.speaker if said.speaker.name is not None and _agrees(said.speaker, gender, plural) else None


def _nearest(memory: SpeakerMemory, source: Source, gender: str, plural: bool) -> Speaker | None:
    """The nearest that fits, by sentences and then by place: speakers, subjects, and whoever else is named."""
    reading = memory.reading
    said = memory.around(reading.starts[source.head])
    quoted = said.speaker.name if said is not None and reading.in_quotation[source.head] >= 0 else None
    here = reading.sentence_of[source.head]
    floor = reading.sentences[max(0, here - _REACH_SENTENCES)].start
    leading = [(h.at, h.speaker) for h in memory.heard if floor <= h.at < source.head and not h.reported]
    leading += _named_subjects(memory, floor, source.head)
    leading += _described_subjects(memory, floor, source.head, gender, plural)
    options = [(_distance(memory, here, o), o[0], o[1]) for o in leading if _agrees(o[1], gender, plural)]
    for at, speaker in _named(memory, source.start):
        if _agrees(speaker, gender, plural) and (speaker.person or speaker.gender == gender):
            options.append((_distance(memory, here, (at, speaker)) + _NAMED_ONLY, at, speaker))
    options = [o for o in options if quoted is None or o[2].name != quoted]
    return min(options, key=lambda o: (o[0], -o[1]))[2] if options else None


def _distance(memory: SpeakerMemory, here: int, option: Antecedent) -> int:
    at, speaker = option
    person = speaker.person or memory.reading.lower[at] in memory.words["person_nouns"]
    return here - memory.reading.sentence_of[at] + (0 if person else _PERSON_PREFERENCE)


def _named(memory: SpeakerMemory, before: int) -> list[Antecedent]:
    """Persons and organisations named before the token."""
    reading = memory.reading
    naming = [m for m in memory.mentions if m.label in (EntityLabel.PER, EntityLabel.ORG)]
    return [(reading.token_at(m.start), memory.known_as(m, None)) for m in naming if m.end <= reading.starts[before]]


def _agrees(speaker: Speaker, gender: str, plural: bool) -> bool:
    return speaker.plural == plural and (plural or speaker.gender in (None, gender))


def _named_subjects(memory: SpeakerMemory, floor: int, before: int, inside: int | None = None) -> list[Antecedent]:
    """Persons, organisations and countries that are subjects: outside all reported words, or in those that start at
    the offset `inside`."""
    reading = memory.reading
    found: list[Antecedent] = []
    for mention in memory.mentions:
        at = reading.token_at(mention.start)
        if not floor <= at < before or reading.in_quotation[at] >= 0:
            continue
        if (inside is None and memory.is_reported(mention.start)) or _is_mere_place(mention):
            continue
        if _is_subject(memory, mention, at) and (inside is None or mention.label is EntityLabel.PER):
            found.append((at, memory.known_as(mention, None)))
    return found


def _is_mere_place(mention: EntityMention) -> bool:
    """A place that is no country: its name seldom stands for who governs there."""
    return mention.label is EntityLabel.LOC and mention.country_code is None


def _is_subject(memory: SpeakerMemory, mention: EntityMention, at: int) -> bool:
    """By the parse, or in apposition to the subject."""
    tokens = memory.reading.tokens
    last = max(at + 1, memory.reading.token_before(mention.end))
    return any(tokens[i].dep_.startswith("nsubj") for i in range(at, last)) or (
        tokens[at].dep_ == "appos" and tokens[at].head.dep_.startswith("nsubj")
    )


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
        may_speak = plural or token.text.lower() in memory.words["person_nouns"] | memory.words["speaking"]
        if not may_speak:
            continue
        if has_feature(token, "Gender", gender) and has_feature(token, "Number", "Plur") == plural:
            low, high = span_of(reading, index, 0)
            found.append((index, described_speaker(memory, Source(low, high, index, SpeakerMethod.DESCRIPTION))))
    return found
