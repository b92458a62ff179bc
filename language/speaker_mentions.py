"""The mentions that may be speakers: persons, organisations and places, each with the label that the article tells."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from language.reading import Reading
from language.speaker_kinds import CERTAIN, with_kind
from language.speaker_labels import LOC, ORG, PER
from language.speaker_missed_names import with_missed_names
from language.speaker_roles import SpeakerWords
from schemas.entity import EntityMention

_NAMING = frozenset({PER, ORG, LOC})


def naming_mentions(reading: Reading, mentions: Sequence[EntityMention], words: SpeakerWords) -> list[EntityMention]:
    """The mentions of an article that name somebody or something that may speak, with those that the recogniser missed."""
    organised = [
        mention if mention.label in CERTAIN else with_kind(reading, mention)
        for mention in with_missed_names(reading, mentions, words)
    ]
    return _persons_by_family_name(reading, [m for m in organised if m.label in _NAMING and not _describes(m, words)])


def _describes(mention: EntityMention, words: SpeakerWords) -> bool:
    """ "l'association européenne" is no name, whatever the recogniser says, but stands for one: it begins with the noun
    of a kind and has no capital."""
    surface = mention.surface
    if surface[:1].isupper() or any(ch.isupper() or ch.isdigit() for ch in surface):
        return False
    return surface.split()[0] in words["generic_organisations"]


def one_name_of_organisations(mentions: Sequence[EntityMention]) -> Callable[[str], str]:
    """For texts in lower case: writes each organisation by one name, "secrétaire général de l'onu" and "… des nations
    unies" alike."""
    surfaces: dict[str, set[str]] = defaultdict(set)
    for mention in mentions:
        if mention.label is ORG:
            surfaces[mention.entity_id].add(mention.surface.lower().replace("’", "'"))
    names = {name: min(sorted(known), key=len) for known in surfaces.values() if len(known) > 1 for name in known}
    if not names:
        return str
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    pattern = re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in longest_first)})\b")
    return lambda text: pattern.sub(lambda found: names[found.group()], text)


def _persons_by_family_name(reading: Reading, mentions: Sequence[EntityMention]) -> list[EntityMention]:
    """A bare family name that the model took for a place or a firm ("Hollande évoque …") is the person's.

    Not behind an article or a preposition, where it may well be the place ("en Hollande", "la Hollande").
    """
    persons: dict[str, EntityMention] = {}
    for mention in mentions:
        if mention.label is PER and len(parts := mention.canonical_name.split()) > 1:
            persons.setdefault(parts[-1], mention)
    if not persons:
        return list(mentions)
    found: list[EntityMention] = []
    for mention in mentions:
        person = persons.get(mention.surface)
        if person is None or mention.label is PER or _is_governed(reading, mention):
            found.append(mention)
        else:
            found.append(
                replace(
                    mention,
                    label=PER,
                    entity_id=person.entity_id,
                    canonical_name=person.canonical_name,
                    country_code=person.country_code,
                )
            )
    return found


def _is_governed(reading: Reading, mention: EntityMention) -> bool:
    at = reading.token_at(mention.start)
    return at > 0 and reading.pos[at - 1] in ("DET", "ADP")
