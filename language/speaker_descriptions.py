"""Who "le ministre", "les deux dirigeants" or "la compagnie" is: somebody named elsewhere, or only this."""

from dataclasses import replace
from itertools import takewhile

from language.claim_candidates import Source
from language.speaker_cataphora import named_soon
from language.speaker_history import Speaker
from language.speaker_memory import SpeakerMemory
from language.speaker_offices import Description
from language.speaker_organisations import country_in_focus, leading, organisation_in_focus
from language.speaker_roles import Role, content_words, countries_in
from schemas.entity import EntityMention
from schemas.vocabulary import SpeakerMethod

_LEAD_SENTENCES = 4
"""Headline, date line and lead."""
_THESE_SENTENCES = 2
"""How far back those may have spoken whom "ces chercheurs" means."""
_FOCUS_SENTENCES = 3
"""How far back the person may stand whom "le nageur français" describes."""


def described_speaker(memory: SpeakerMemory, source: Source) -> Speaker:
    """The speaker of a description: a person with that role, an earlier speaker, or the description itself."""
    reading, words = memory.reading, memory.words
    surface = reading.text[reading.starts[source.start] : reading.ends[source.end - 1]]
    gender, plural = reading.gender_of(source.head), reading.is_plural(source.head)
    own = Speaker(surface, None, source.method, gender, plural)
    first = reading.lower[source.start]
    if " ".join(reading.lower[source.start : source.start + 2]) in words["both"]:
        of_somebody = memory.persons.touching(reading.starts[source.start], reading.ends[source.end - 1])
        return own if of_somebody else _both(memory, source) or own  # "les deux avocats de Jean"
    if first in words["indefinite"]:
        return own
    role = None if plural else _role_like(memory, source, surface)
    if role is not None:
        found = memory.known_as(role.person, SpeakerMethod.DESCRIPTION, role.gender)
    else:
        found = _heard_before(memory, source, surface, gender) or own
    if found is own and plural and first in words["demonstratives"]:
        return _these(memory, source) or own
    if found is own and not plural and first in words["article_definite"]:
        return _generic(memory, source, surface, gender) or named_soon(memory, source, surface, gender) or own
    return found


def _both(memory: SpeakerMemory, source: Source) -> Speaker | None:
    """ "les deux dirigeants": the two persons named last."""
    offset = memory.reading.starts[source.start]
    names: list[str] = []
    for mention in memory.persons.ended(offset):
        name = memory.name_of(mention)
        if name not in names:
            names.append(name)
        if len(names) == 2:
            return Speaker(" et ".join(reversed(names)), None, SpeakerMethod.DESCRIPTION, None, True)
    return None


def _these(memory: SpeakerMemory, source: Source) -> Speaker | None:
    """ "ces chercheurs" after "des climatologues ont montré que": the unnamed group that spoke in the sentences before,
    for a noun of persons."""
    singular = memory.reading.lower[source.head].rstrip("s")
    if singular not in memory.words["person_nouns"]:
        return None
    floor = memory.sentence_start(source.head, _THESE_SENTENCES)
    for heard in memory.heard.back_to(floor, source.head):
        speaker = heard.speaker
        if speaker.plural and heard.noun is not None and speaker.entity_id is None and not heard.reported:
            return replace(speaker, method=SpeakerMethod.DESCRIPTION)
    return None


def _role_like(memory: SpeakerMemory, source: Source, surface: str) -> Role | None:
    """The nearest role that says the same as the description."""
    reading = memory.reading
    adjectives = frozenset(reading.lower[i] for i in range(source.start, source.end) if reading.pos[i] == "ADJ")
    text = surface.lower().replace("’", "'")
    words = content_words(memory.one_name(text), memory.words)
    described = Description(reading.lower[source.head], text, words, adjectives)
    told = memory.roles.like(described, source.start)
    bare = described.words <= {described.noun} and not memory.roles.offices_of(text)
    return told if told is not None or bare else memory.known_roles.only(described)


def _heard_before(memory: SpeakerMemory, source: Source, surface: str, gender: str | None) -> Speaker | None:
    """ "le responsable" after "un haut responsable américain" """
    noun, wanted = memory.reading.lower[source.head], content_words(surface, memory.words)
    for heard in reversed(memory.heard.described_as(noun)):
        name = heard.speaker.name
        if name is not None and heard.at < source.head:
            known = content_words(name, memory.words)
            if wanted <= known or known <= wanted:
                return Speaker(name, heard.speaker.entity_id, SpeakerMethod.DESCRIPTION, gender, heard.speaker.plural)
    return None


def _generic(memory: SpeakerMemory, source: Source, surface: str, gender: str | None) -> Speaker | None:
    """ "le dirigeant", "la compagnie": whoever was heard or named last; an office: the only person there is."""
    words, noun = memory.words, memory.reading.lower[source.head]
    tokens = memory.reading.lower[source.start : source.end]
    wanted = content_words(surface, words)
    abroad = countries_in(wanted)
    if noun in words["anonymous"]:
        return _unnamed_before(memory, source)
    bare = noun in words["generic"] and wanted - abroad <= words["generic"]
    former = not words["former"].isdisjoint(tokens) and noun in words["person_nouns"]
    if bare or former or noun in words["described"]:
        found = _person_in_focus(memory, source, wanted, gender, far=bare)
        if found is not None:
            return found
    named = country_in_focus(memory, source) if noun in words["generic_countries"] else None
    named = named or organisation_in_focus(memory, source, noun, wanted)
    if named is not None:
        return memory.known_as(named, SpeakerMethod.DESCRIPTION)
    text = surface.lower().replace("’", "'")
    if any(wanted - abroad <= office.words for office in memory.roles.offices_of(text)):
        return _only_one_without_office(memory, source, gender)
    return None


def _unnamed_before(memory: SpeakerMemory, source: Source) -> Speaker | None:
    """ "la source" after "une personne proche du dossier": who spoke last, if nobody named."""
    floor = memory.sentence_start(source.head, _LEAD_SENTENCES)
    for heard in memory.heard.back_to(floor, source.head):
        speaker = heard.speaker
        unnamed = speaker.entity_id is None and speaker.name is not None and not speaker.plural
        if unnamed and not heard.reported and (speaker.name or "").lower().split()[0] in memory.words["indefinite"]:
            return replace(speaker, method=SpeakerMethod.DESCRIPTION)
    return None


def _only_one_without_office(memory: SpeakerMemory, source: Source, gender: str | None) -> Speaker | None:
    """ "Trump annonce P. Le président américain a dit Q": the only person of headline and lead without an office."""
    offset = min(memory.reading.starts[source.start], memory.reading.starts[memory.sentence_after(_LEAD_SENTENCES)])
    free = {m.entity_id: m for m in memory.persons.ended(offset) if m.entity_id not in memory.roles.persons}
    if memory.only_person is not None:
        free = {memory.only_person.entity_id: memory.only_person}
    fitting = [m for m in free.values() if gender == "Masc" or memory.gender_of(m.entity_id) in (None, gender)]
    return memory.known_as(fitting[0], SpeakerMethod.DESCRIPTION, gender) if len(fitting) == 1 else None


def _person_in_focus(
    memory: SpeakerMemory, source: Source, wanted: frozenset[str], gender: str | None, *, far: bool
) -> Speaker | None:
    """The person who is described by this noun, else who spoke, was a subject or was named last.

    Args:
        far: however long ago; else in the sentences right before.
    """
    reading, noun = memory.reading, memory.reading.lower[source.head]
    floor = 0 if far else memory.sentence_start(source.head, _FOCUS_SENTENCES)
    others = memory.roles.others(noun, wanted)
    if noun in memory.words["described"]:
        extra = wanted - countries_in(wanted) - {noun}
        alike = _last_of(memory, memory.roles.called(noun, extra) - others, source.start, gender)
        if alike is not None:
            return memory.known_as(alike, SpeakerMethod.DESCRIPTION, gender)
    for heard in memory.heard.back_to(floor, source.head):
        known = heard.speaker
        if heard.reported or not known.person or known.plural:
            continue
        if known.entity_id not in others | {None} and known.gender in (None, gender):
            return Speaker(known.name, known.entity_id, SpeakerMethod.DESCRIPTION, gender, person=True)
    near = takewhile(lambda place: place[0] >= floor, memory.persons_of(gender).back_from(source.start))
    chosen = leading(memory, ((at, m) for at, m in near if m.entity_id not in others and reading.in_quotation[at] < 0))
    return memory.known_as(chosen, SpeakerMethod.DESCRIPTION, gender) if chosen is not None else None


def _last_of(memory: SpeakerMemory, persons: set[str], before: int, gender: str | None) -> EntityMention | None:
    """The last mention of one of the persons before a token, outside quotation marks."""
    latest: tuple[int, EntityMention] | None = None
    for person in persons:
        if memory.gender_of(person) not in (None, gender):
            continue
        for at, mention in memory.places_of(person).back_from(before):
            if memory.reading.in_quotation[at] < 0:
                latest = (at, mention) if latest is None or at > latest[0] else latest
                break
    return latest[1] if latest is not None else None
