"""Who may be meant by a pronoun or a description: earlier speakers, subjects, and others who are named.

Each is an `Antecedent` at its token. What stands in quotation marks or in reported words is left out: whoever is
talked about there is rarely the next to speak.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from language.claim_candidates import Source
from language.source_phrases import span_of
from language.speaker_appositions import apposed_name
from language.speaker_descriptions import described_speaker
from language.speaker_history import Speaker
from language.speaker_labels import LOC, ORG, PER
from language.speaker_memory import LEADING, SpeakerMemory
from schemas.entity import EntityMention
from schemas.vocabulary import SpeakerMethod

_BETWEEN_NAMES = frozenset({"CCONJ", "DET", "NOUN", "ADJ", "ADP", "PROPN"})
"""What a title before the second of two joined names is made of."""
_OTHER = {"Masc": "Fem", "Fem": "Masc"}
_THING = 2
"""Sentences by which a person may be further away than an organisation or a country and still be meant."""
_SPEAKING_THING = 1
"""The same for an organisation or a country that spoke."""
_UNSURE = 3
"""The same for a noun that need not be a person, and for somebody who neither speaks nor is a subject."""
_INANIMATE = 5
"""The same for a noun that by its ending is something that happens."""


@dataclass(slots=True)  # not frozen, like `Speaker`
class Antecedent:
    """Somebody at a token; `doubt` counts like sentences of distance."""

    at: int
    speaker: Speaker
    doubt: int


def antecedents(
    memory: SpeakerMemory, floor: int, before: int, gender: str, plural: bool, quoted: str | None
) -> list[Antecedent]:
    """Those who agree in gender and number, named or described from the token `floor` on, before the token `before`;
    of persons who are merely named the last one, however long ago.

    Args:
        quoted: name of who is quoted there; he is not meant.
    """
    found = _found_within(memory, floor, before, before, gender, plural)
    if not plural:
        found.extend(_person_named_last(memory, before, gender, quoted))
    return _fitting(found, gender, plural, quoted)


def antecedents_by_sentence(
    memory: SpeakerMemory, before: int, reach: int, gender: str, quoted: str | None
) -> Iterator[tuple[int, list[Antecedent]]]:
    """The same in the singular, up to `reach` sentences back, with the first token of each sentence, the nearest one
    first: whoever is meant mostly stands in one of the last two, and the others need not be looked through."""
    end = before
    for back in range(reach + 1):
        if back == _UNSURE:  # nearer than that the person who is merely named cannot be
            yield end, _fitting(_person_named_last(memory, before, gender, quoted), gender, False, quoted)
        start = memory.sentence_start(before, back)
        yield start, _fitting(_found_within(memory, start, end, before, gender, False), gender, False, quoted)
        end = start


def _found_within(
    memory: SpeakerMemory, start: int, end: int, pronoun: int, gender: str, plural: bool
) -> list[Antecedent]:
    """Those whom the tokens from `start` to before `end` tell of, but for persons who are merely named."""
    heard = [h for h in memory.heard.back_to(start, end) if not h.reported]
    found = [Antecedent(h.at, h.speaker, _doubt_of_speaker(memory, h.at, h.speaker)) for h in reversed(heard)]
    found.extend(named_subjects(memory, start, end))
    found.extend(_described_subjects(memory, start, end, gender, plural))
    if plural:
        found.extend(_joined_subjects(memory, start, end, gender))
        found.extend(groups_named(memory, start, end, gender))
    found.extend(_organisations_named(memory, start, end, pronoun, gender))
    return found


def _fitting(found: Iterable[Antecedent], gender: str, plural: bool, quoted: str | None) -> list[Antecedent]:
    known = [a for a in found if a.speaker.name is not None and (quoted is None or a.speaker.name != quoted)]
    return [a for a in known if agrees(a.speaker, gender, plural)] + _renamed(known, gender, plural)


def _renamed(found: list[Antecedent], gender: str, plural: bool) -> list[Antecedent]:
    """ "La CGT a dit P. Il dénonce Q": the writer thinks of another name for an organisation that spoke ("le syndicat")."""
    return [
        replace(a, doubt=a.doubt + _THING)
        for a in found
        if a.doubt == _SPEAKING_THING
        and a.speaker.entity_id is not None
        and a.speaker.plural == plural
        and a.speaker.gender not in (None, gender)
    ]


def agrees(speaker: Speaker, gender: str, plural: bool) -> bool:
    """The pronoun may stand for this speaker."""
    return speaker.plural == plural and (plural or speaker.gender in (None, gender))


def named_subjects(memory: SpeakerMemory, floor: int, before: int, inside: int | None = None) -> Iterator[Antecedent]:
    """Persons, organisations and countries that are subjects: outside all reported words, or the persons in those
    that start at the offset `inside`."""
    reading = memory.reading
    for at, mention in memory.mentions.between(floor, before):
        if reading.in_quotation[at] >= 0 or _is_mere_place(mention):
            continue
        if memory.is_reported(mention.start) if inside is None else mention.label is not PER:
            continue
        if memory.is_subject(mention, at):
            speaker = memory.known_as(mention, None)
            yield Antecedent(at, speaker, 0 if speaker.person else _THING)


def _is_mere_place(mention: EntityMention) -> bool:
    """A place that is no country: its name seldom stands for who governs there."""
    return mention.label is LOC and mention.country_code is None


def _joined_subjects(memory: SpeakerMemory, floor: int, before: int, gender: str) -> Iterator[Antecedent]:
    """ "Anne Morel et le maire Paul Girard sont partis": two persons or organisations joined as a subject are "ils"
    together, "elles" where both are feminine."""
    reading, last = memory.reading, None
    for at, mention in memory.mentions.between(floor, before):
        first, last = last, None if _is_mere_place(mention) else (at, mention)
        if first is None or last is None or reading.in_quotation[at] >= 0 or memory.is_reported(mention.start):
            continue
        between = range(reading.token_before(first[1].end), at)
        joined = [i for i in between if reading.lower[i] in reading.words["joining"]]
        plain = all(reading.pos[i] in _BETWEEN_NAMES for i in between)
        pair = [memory.known_as(m, None) for _, m in (first, last)]
        women = all(speaker.gender == "Fem" for speaker in pair)
        subject = any(memory.is_subject(m, token) for token, m in (first, last))
        if not subject or len(joined) != 1 or not plain or women != (gender == "Fem") or pair[0].name == pair[1].name:
            continue
        persons = all(speaker.person for speaker in pair)
        if any(speaker.person for speaker in pair) == persons:
            names = " et ".join(s.name or "" for s in pair)
            yield Antecedent(at, Speaker(names, None, None, gender, True, persons), 0 if persons else _SPEAKING_THING)


def _described_subjects(
    memory: SpeakerMemory, floor: int, before: int, gender: str, plural: bool
) -> Iterator[Antecedent]:
    """Subjects of main clauses that are nouns: "La mairie a cédé. Elle …"."""
    reading = memory.reading
    for index in memory.main_subjects(floor, before):
        if (
            reading.in_quotation[index] < 0
            and is_last_mentioned(memory, index)
            and (last := memory.last_named(index, gender)) is not None
        ):
            yield Antecedent(index, memory.known_as(last, None, gender), 0)
        if reading.pos[index] != "NOUN":
            continue
        if reading.in_quotation[index] >= 0 or memory.is_reported(reading.starts[index]) or reading.is_time(index):
            continue
        if reading.ent_type[reading.head[index]] == "PER":
            continue  # "Le vice-président sera Paul Petit" says who that is
        if f"Gender={gender}" not in reading.features(index) or reading.is_plural(index) != plural:
            continue
        low, high = span_of(reading, index, 0)
        if memory.names_inside(low, high, index):
            continue  # "le président Girard", "la société Durand" are named
        source = Source(low, high, index, SpeakerMethod.DESCRIPTION)
        named = apposed_name(memory, source) if not plural else None
        speaker = memory.known_as(named, None) if named is not None else described_speaker(memory, source)
        yield Antecedent(index, speaker, _doubt_of_noun(memory, index, speaker))


def groups_named(
    memory: SpeakerMemory, floor: int, before: int, gender: str, reported: bool = False
) -> Iterator[Antecedent]:
    """ "La mesure a indigné les riverains. Pour eux, …": many persons who are no subject, or, where `reported` is set,
    are named in somebody's words."""
    reading = memory.reading
    for index in range(floor, before):
        if reading.lower[index] not in memory.words["groups"] or (reading.dep[index] in LEADING and not reported):
            continue
        if (
            reading.in_quotation[index] >= 0
            or memory.is_reported(reading.starts[index]) != reported
            or f"Gender={_OTHER[gender]}" in reading.features(index)
        ):
            continue
        low, high = span_of(reading, index, 0)
        surface = reading.text[reading.starts[low] : reading.ends[high - 1]]
        yield Antecedent(index, Speaker(surface, None, None, gender, True), _THING)


def is_last_mentioned(memory: SpeakerMemory, index: int) -> bool:
    """ "ce dernier", not "mercredi dernier"."""
    reading, words = memory.reading, memory.words
    demonstrative = index > 0 and reading.lower[index - 1] in words["demonstratives"]
    return demonstrative and reading.lower[index] in words["last_mentioned"]


def _doubt_of_speaker(memory: SpeakerMemory, index: int, speaker: Speaker) -> int:
    doubt = _doubt_of_noun(memory, index, speaker)
    return _SPEAKING_THING if doubt == _THING or (speaker.entity_id is not None and doubt) else doubt


def _doubt_of_noun(memory: SpeakerMemory, index: int, speaker: Speaker) -> int:
    if _is_person(memory, index, speaker):
        return 0
    noun, words = memory.reading.lower[index], memory.words
    if noun in words["speaking"]:
        return _THING
    abstract = noun.endswith(tuple(memory.reading.words["event_endings"])) and noun not in words["documents"]
    return _INANIMATE if abstract and speaker.entity_id is None else _UNSURE


def _is_person(memory: SpeakerMemory, at: int, speaker: Speaker) -> bool:
    return speaker.person or memory.reading.lower[at] in memory.words["person_nouns"]


def _organisations_named(
    memory: SpeakerMemory, start: int, end: int, pronoun: int, gender: str
) -> Iterator[Antecedent]:
    """Organisations where their gender is known to be this."""
    reading = memory.reading
    around = reading.in_quotation[pronoun]
    for at, mention in memory.mentions.between(start, end):
        outside = reading.in_quotation[at] in (-1, around)
        if mention.label is ORG and outside and memory.gender_of(mention.entity_id) == gender:
            yield Antecedent(at, memory.known_as(mention, None), _THING + _UNSURE)


def _person_named_last(memory: SpeakerMemory, before: int, gender: str, quoted: str | None) -> Iterator[Antecedent]:
    """The person named last, in whatever part of a sentence."""
    reading = memory.reading
    around = reading.in_quotation[before]
    for at, mention in memory.persons_of(gender).back_from(before):
        speaker = memory.known_as(mention, None)
        if reading.in_quotation[at] in (-1, around) and speaker.name != quoted:
            yield Antecedent(at, speaker, _UNSURE)
            return
