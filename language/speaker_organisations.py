"""Which organisation "la compagnie", "le quotidien", "l'agence" is, and which country "le pays"."""

from collections.abc import Iterator

from language.claim_candidates import Source
from language.mention_places import MentionPlaces
from language.speaker_memory import SpeakerMemory
from language.speaker_roles import countries_in
from schemas.entity import EntityMention


def country_in_focus(memory: SpeakerMemory, source: Source) -> EntityMention | None:
    """ "le pays": the country that was a subject last, else was named last."""
    return leading(memory, memory.countries.back_from(source.start))


def leading(memory: SpeakerMemory, latest_first: Iterator[tuple[int, EntityMention]]) -> EntityMention | None:
    """The first of these mentions that is a subject, else the first."""
    first: EntityMention | None = None
    for at, mention in latest_first:
        if memory.is_subject(mention, at):
            return mention
        first = first or mention
    return first


def organisation_in_focus(
    memory: SpeakerMemory, source: Source, noun: str, wanted: frozenset[str]
) -> EntityMention | None:
    """ "l'institut" after "l'institut Pasteur", "le quotidien" after "le quotidien Le Midi" or the name of a known
    daily; "la compagnie": the organisation that spoke, else was a subject last, unless it is known as another kind."""
    reading, words = memory.reading, memory.words
    adjectives = {
        reading.lower[i] for i in range(source.start, source.end) if reading.pos[i] == "ADJ"
    }  # "la compagnie aérienne", "le groupe français"
    adjectives -= words["kind_adjectives"]  # "le journal officiel" is another thing
    if wanted - countries_in(wanted) - adjectives - {noun} and not _tells_the_kind(memory, source):
        return None
    alike = next(_unquoted(memory, memory.organisations_called(noun), source.start), None)
    if alike is not None:
        return alike[1]
    kinds = memory.kinds
    of_kind = [place for place in _all(memory, source.start) if kinds.is_one(place[1], noun)]
    possible = of_kind
    if noun in words["generic_organisations"]:
        possible = [place for place in _all(memory, source.start) if not kinds.is_other(place[1], noun)]
    for places in (of_kind, possible) if kinds.is_kind(noun) else (possible,):
        for _, mention in places:
            if memory.heard.spoke_before(mention.entity_id, source.head):
                return mention
    return leading(memory, iter(of_kind)) or leading(memory, iter(possible))


def _tells_the_kind(memory: SpeakerMemory, source: Source) -> bool:
    """ "l'agence de presse", "le constructeur automobile": nothing but common nouns without an article behind the
    first; "le syndicat des cheminots" is one of its own."""
    reading = memory.reading
    noun = reading.lower[source.head]
    if noun not in memory.words["generic_organisations"] and noun not in memory.words["naming_organisations"]:
        return False
    behind = range(source.head + 1, source.end)
    plain = all(
        not reading.is_capitalized(i)
        and (reading.pos[i] in ("NOUN", "ADJ") or reading.lower[i] in memory.words["kind_prepositions"])
        for i in behind
    )
    whole = reading.lower[source.start : source.end]
    return plain and memory.words["kind_adjectives"].isdisjoint(whole)  # "le principal parti d'opposition"


def _all(memory: SpeakerMemory, before: int) -> Iterator[tuple[int, EntityMention]]:
    return _unquoted(memory, memory.organisations, before)


def _unquoted(memory: SpeakerMemory, places: MentionPlaces, before: int) -> Iterator[tuple[int, EntityMention]]:
    """The mentions before a token, the last one first, without those in quotation marks and those in the plural."""
    for at, mention in places.back_from(before):
        if memory.reading.in_quotation[at] < 0 and not memory.is_plural(mention):
            yield at, mention
