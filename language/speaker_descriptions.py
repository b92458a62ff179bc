"""Who "le ministre", "les deux dirigeants" or "la compagnie" is: somebody named elsewhere, or only this."""

from language.claim_candidates import Source
from language.reading import gender_of, has_feature
from language.speaker_memory import Speaker, SpeakerMemory
from language.speaker_roles import Office, Role, SpeakerWords, content_words, countries_in
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel, SpeakerMethod

_LEAD_SENTENCES = 4
"""Headline, date line and lead."""
_FOCUS_SENTENCES = 3
"""How far back the person may stand whom "le nageur français" describes."""


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
    """The nearest description before, else after, that says the same and nothing else; one that says the country
    as well comes first."""
    text = surface.lower().replace("’", "'")
    wanted = content_words(surface, memory.words)
    adjectives = frozenset(
        memory.reading.lower[i] for i in range(source.start, source.end) if memory.reading.tokens[i].pos_ == "ADJ"
    )
    noun = memory.reading.lower[source.head]
    fitting = [r for r in memory.roles if _fits(memory.words, r, noun, text, wanted, adjectives)]
    fitting = [r for r in fitting if countries_in(wanted) <= r.words] or fitting
    before = [r for r in fitting if r.at < source.start]
    return before[-1] if before else fitting[0] if fitting else None


def _fits(
    words: SpeakerWords, role: Role, noun: str, text: str, wanted: frozenset[str], adjectives: frozenset[str]
) -> bool:
    """ "le ministre" may be "le ministre de la Culture"; "le ministre de la Culture" may not be "le ministre Girard"
    unless culture is spoken of beside his name."""
    abroad = countries_in(wanted)
    told = countries_in(role.words) | ({f"@{role.person.country_code}"} if role.person.country_code else set())
    if abroad and told and not abroad & told:
        return False
    wanted = wanted - abroad
    if role.noun == noun and wanted - adjectives - {noun} <= role.words | role.beside:
        return True
    for office in words.offices:
        if _names_office(text, office) and _names_office(role.text, office):
            extra = role.words - countries_in(role.words) - wanted
            return wanted - office.words <= role.words and (extra <= office.words or wanted <= role.words)
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
    tokens = memory.reading.lower[source.start : source.end]
    wanted = content_words(surface, words)
    abroad = countries_in(wanted)
    bare = noun in words["generic"] and wanted - abroad <= words["generic"]
    former = not words["former"].isdisjoint(tokens) and noun in words["person_nouns"]
    if bare or former or noun in words["described"]:
        found = _person_in_focus(memory, source, wanted, gender, far=bare)
        if found is not None:
            return found
    named = _country_in_focus(memory, source) if noun in words["generic_countries"] else None
    named = named or _organisation_in_focus(memory, source, noun, wanted)
    if named is not None:
        return memory.known_as(named, SpeakerMethod.DESCRIPTION)
    text = surface.lower().replace("’", "'")
    offices = [o for o in words.offices if _names_office(text, o)]
    if any(wanted - abroad <= o.words for o in offices):
        return _only_one_without_office(memory, source, gender)
    return None


def _only_one_without_office(memory: SpeakerMemory, source: Source, gender: str | None) -> Speaker | None:
    """ "Trump annonce P. Le président américain a dit Q": the only person of headline and lead without an office."""
    offset = min(memory.reading.starts[source.start], memory.reading.starts[memory.sentence_after(_LEAD_SENTENCES)])
    told = {r.person.entity_id for r in memory.roles}
    before = [m for m in memory.persons if m.end <= offset]
    free = {m.entity_id: m for m in before if m.entity_id not in told}
    if len({m.entity_id for m in memory.persons}) == 1:
        free = {m.entity_id: m for m in memory.persons}
    fitting = [m for m in free.values() if memory.gender.get(m.entity_id) in (None, gender)]
    return memory.known_as(fitting[0], SpeakerMethod.DESCRIPTION, gender) if len(fitting) == 1 else None


def _country_in_focus(memory: SpeakerMemory, source: Source) -> EntityMention | None:
    """ "le pays": the country that was a subject last, else was named last."""
    before = [
        (at, m)
        for m in memory.mentions
        for at in (memory.reading.token_at(m.start),)
        if m.label is EntityLabel.LOC and m.country_code is not None and at < source.start
    ]
    leading = [m for at, m in before if memory.is_subject(m, at)] or [m for _, m in before]
    return leading[-1] if leading else None


def _person_in_focus(
    memory: SpeakerMemory, source: Source, wanted: frozenset[str], gender: str | None, *, far: bool
) -> Speaker | None:
    """The person who is described by this noun, else who spoke, was a subject or was named last.

    Args:
        far: however long ago; else in the sentences right before.
    """
    reading, noun = memory.reading, memory.reading.lower[source.head]
    floor = 0 if far else memory.sentence_start(source.head, _FOCUS_SENTENCES)
    others = {r.person.entity_id for r in memory.roles if _contradicts(r, noun, wanted)}
    fitting = [
        (reading.token_at(m.start), m)
        for m in memory.persons
        if m.entity_id not in others and memory.gender.get(m.entity_id) in (None, gender)
    ]
    fitting = [(at, m) for at, m in fitting if at < source.start and reading.in_quotation[at] < 0]
    extra = wanted - countries_in(wanted) - {noun}
    called = {r.person.entity_id for r in memory.roles if r.noun == noun and (not extra or extra & r.words)}
    alike = [m for _, m in fitting if m.entity_id in called]
    if alike and noun in memory.words["described"]:
        return memory.known_as(alike[-1], SpeakerMethod.DESCRIPTION, gender)
    for heard in reversed(memory.heard):
        known = heard.speaker
        if not floor <= heard.at < source.head or heard.reported or not known.person or known.plural:
            continue
        if known.entity_id not in others | {None} and known.gender in (None, gender):
            return Speaker(known.name, known.entity_id, SpeakerMethod.DESCRIPTION, gender, person=True)
    near = [(at, m) for at, m in fitting if at >= floor]
    chosen = [m for at, m in near if memory.is_subject(m, at)] or [m for _, m in near]
    return memory.known_as(chosen[-1], SpeakerMethod.DESCRIPTION, gender) if chosen else None


def _contradicts(role: Role, noun: str, wanted: frozenset[str]) -> bool:
    """ "le candidat socialiste" is not "le candidat écologiste", "le dirigeant américain" not "le président russe"."""
    told = countries_in(role.words) | ({f"@{role.person.country_code}"} if role.person.country_code else set())
    abroad = countries_in(wanted)
    if abroad and told and not abroad & told:
        return True
    extra, told_extra = wanted - abroad - {noun}, role.words - told - {noun}
    return role.noun == noun and bool(extra) and bool(told_extra) and not extra & told_extra


def _organisation_in_focus(
    memory: SpeakerMemory, source: Source, noun: str, wanted: frozenset[str]
) -> EntityMention | None:
    """ "l'institut" after "l'institut Pasteur"; "la compagnie": the organisation that was a subject last."""
    reading, words = memory.reading, memory.words
    adjectives = {
        reading.lower[i] for i in range(source.start, source.end) if reading.tokens[i].pos_ == "ADJ"
    }  # "la compagnie aérienne", "le groupe français"
    adjectives -= words["kind_adjectives"]  # "le journal officiel" is another thing
    if wanted - countries_in(wanted) - adjectives - {noun}:
        return None
    before = [
        (at, m)
        for m in memory.mentions
        for at in (reading.token_at(m.start),)
        if m.label is EntityLabel.ORG and at < source.start and reading.in_quotation[at] < 0
        if not memory.known_as(m, None).plural
    ]
    alike = [m for _, m in before if m.surface.lower().split()[0] == noun]
    if alike or noun not in words["generic_organisations"]:
        return alike[-1] if alike else None
    spoken = {h.speaker.entity_id for h in memory.heard if h.at < source.head and not h.reported}
    speaking = [m for _, m in before if m.entity_id in spoken]
    leading = speaking or [m for at, m in before if memory.is_subject(m, at)] or [m for _, m in before]
    return leading[-1] if leading else None
