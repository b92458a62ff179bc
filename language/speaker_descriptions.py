"""Who "le ministre", "les deux dirigeants" or "la compagnie" is: somebody named elsewhere, or only this."""

from language.claim_candidates import Source
from language.reading import gender_of, has_feature
from language.speaker_memory import Speaker, SpeakerMemory
from language.speaker_roles import Office, Role, SpeakerWords, content_words
from schemas.vocabulary import EntityLabel, SpeakerMethod


def described_speaker(memory: SpeakerMemory, source: Source) -> Speaker:
    """The speaker of a description: a person with that role, an earlier speaker, or the description itself."""
    reading, words = memory.reading, memory.words
    surface = reading.text[reading.starts[source.start] : reading.ends[source.end - 1]]
    head = reading.tokens[source.head]
    gender, plural = gender_of(head), has_feature(head, "Number", "Plur")
    own = Speaker(surface, None, source.method, gender, plural)
    first = reading.lower[source.start]
    if " ".join(reading.lower[source.start : source.start + 2]) in words["both"]:
        return _both(memory, source) or own
    if first in words["indefinite"]:
        return own
    role = None if plural else _role_like(memory, source, surface)
    if role is not None:
        found = memory.known_as(role.person, SpeakerMethod.DESCRIPTION, role.gender)
    else:
        found = _heard_before(memory, source, surface, gender) or own
    if found is own and not plural and first in words["article_definite"]:
        return _generic(memory, source, surface, gender) or own
    return found


def _both(memory: SpeakerMemory, source: Source) -> Speaker | None:
    """ "les deux dirigeants": the two persons named last."""
    offset = memory.reading.starts[source.start]
    names: list[str] = []
    for mention in reversed(memory.persons):
        name = memory.name_of(mention)
        if mention.end <= offset and name not in names:
            names.append(name)
        if len(names) == 2:
            return Speaker(" et ".join(reversed(names)), None, SpeakerMethod.DESCRIPTION, None, True)
    return None


def _role_like(memory: SpeakerMemory, source: Source, surface: str) -> Role | None:
    """The nearest description before, else after, that says the same and nothing else."""
    text = surface.lower().replace("’", "'")
    wanted = content_words(surface, memory.words)
    noun = memory.reading.lower[source.head]
    fitting = [r for r in memory.roles if _fits(memory.words, r, noun, text, wanted)]
    before = [r for r in fitting if r.at < source.start]
    return before[-1] if before else fitting[0] if fitting else None


def _fits(words: SpeakerWords, role: Role, noun: str, text: str, wanted: frozenset[str]) -> bool:
    if role.noun == noun and (wanted <= role.words or role.words <= wanted):
        return True
    for office in words.offices:
        if _names_office(text, office) and _names_office(role.text, office):
            return wanted - office.words <= role.words
    return False


def _names_office(text: str, office: Office) -> bool:
    return any(f" {name} " in f" {text} " or text.endswith(f"'{name}") for name in office.names)


def _heard_before(memory: SpeakerMemory, source: Source, surface: str, gender: str | None) -> Speaker | None:
    """ "le responsable" after "un haut responsable américain" """
    noun, wanted = memory.reading.lower[source.head], content_words(surface, memory.words)
    for heard in reversed(memory.heard):
        name = heard.speaker.name
        if heard.noun == noun and name is not None and heard.at < source.head:
            known = content_words(name, memory.words)
            if wanted <= known or known <= wanted:
                return Speaker(name, heard.speaker.entity_id, SpeakerMethod.DESCRIPTION, gender, heard.speaker.plural)
    return None


def _generic(memory: SpeakerMemory, source: Source, surface: str, gender: str | None) -> Speaker | None:
    """ "le dirigeant", "la compagnie": whoever was heard or named last; an office: the only person there is."""
    words, noun = memory.words, memory.reading.lower[source.head]
    wanted = content_words(surface, words)
    if noun in words["generic"] and wanted <= words["generic"]:
        for heard in reversed(memory.heard):
            known = heard.speaker
            if known.entity_id is not None and not known.plural and known.gender in (None, gender):
                return Speaker(known.name, known.entity_id, SpeakerMethod.DESCRIPTION, gender, person=known.person)
        person = memory.last_person(source.start)
        if person is not None:
            return memory.known_as(person, SpeakerMethod.DESCRIPTION, gender)
    if noun in words["generic_organisations"] and wanted <= {noun}:
        offset = memory.reading.starts[source.start]
        named = [m for m in memory.mentions if m.label is EntityLabel.ORG and m.end <= offset]
        if named:
            return memory.known_as(named[-1], SpeakerMethod.DESCRIPTION)
    text = surface.lower().replace("’", "'")
    if len({m.entity_id for m in memory.persons}) == 1 and any(_names_office(text, o) for o in words.offices):
        return memory.known_as(memory.persons[0], SpeakerMethod.DESCRIPTION, gender)
    return None
