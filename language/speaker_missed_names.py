"""Names that the recogniser missed, where the words beside them prove what they are: "le président Paul Petit".

They are for telling who speaks only: no row of `entities` is made of them, and a claim has no entity id for them.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import compress, count

from language.given_names import gender_of_given_name
from language.reading import Reading
from language.speaker_labels import LOC, ORG, PER
from language.speaker_roles import SpeakerWords
from language.spelling import fold
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel, EntityMethod

_MAX_NAME = 4
_NOT_NAMES = frozenset({"DET", "ADP", "PRON", "CCONJ", "SCONJ", "NUM", "VERB"})
_NOT_PERSONS = (ORG, LOC)
_UNLISTED = "?"
"""What the id of a name without a row of `entities` begins with."""


def is_listed(entity_id: str) -> bool:
    """The id is that of a row of `entities`."""
    return not entity_id.startswith(_UNLISTED)


def with_missed_names(reading: Reading, mentions: Sequence[EntityMention], words: SpeakerWords) -> list[EntityMention]:
    """The mentions, those behind the noun of an office as persons', and the names without a mention behind one."""
    found = [
        _as_person(reading, m, words) if m.label in _NOT_PERSONS and m.country_code is None else m for m in mentions
    ]
    starts = [m.start for m in mentions]

    def is_taken(index: int) -> bool:
        """A mention has the token, or a part of it."""
        before = bisect_left(starts, reading.ends[index]) - 1
        return before >= 0 and mentions[before].end > reading.starts[index]

    families: dict[str, EntityMention] = {}
    behind = 0  # the name found last
    for index in _capitalized(reading):
        if index <= behind or not _may_be_name(reading, index) or is_taken(index) or is_taken(index - 1):
            continue
        end = index + 1
        while end < min(len(reading.lower), index + _MAX_NAME) and _may_be_name(reading, end) and not is_taken(end):
            end += 1
        label = _label(reading, index, end, words)
        if label is not None and (end == len(reading.lower) or not is_taken(end)):
            mention = _mention(reading, index, end, label)
            families = families or _by_family_name(found[: len(mentions)])  # most articles have no such name
            person = families.get(mention.surface.split()[-1]) if label is PER else None
            if person is not None:
                mention = replace(
                    mention,
                    entity_id=person.entity_id,
                    canonical_name=person.canonical_name,
                    country_code=person.country_code,
                )
            behind = end
            found.append(mention)
    return sorted(found, key=lambda m: m.start) if len(found) > len(mentions) else found


def _by_family_name(mentions: Sequence[EntityMention]) -> dict[str, EntityMention]:
    """The last mention of a person of each family name."""
    return {m.canonical_name.split()[-1]: m for m in mentions if m.label is PER and m.canonical_name}


def _capitalized(reading: Reading) -> list[int]:
    """The tokens behind the first that are no part of an entity, written with a capital and may be names by their tag."""
    kinds, tags = reading.ent_type, reading.pos
    capital = compress(count(), map(str.isupper, map(reading.plain.__getitem__, reading.starts)))
    return [i for i in capital if i and not kinds[i] and tags[i] not in _NOT_NAMES]


def _as_person(reading: Reading, mention: EntityMention, words: SpeakerWords) -> EntityMention:
    """ "le commissaire Noël Petit", whom the recogniser took for an organisation."""
    if len(mention.surface.split()) < 2 or gender_of_given_name(mention.surface) is None:
        return mention
    behind = _behind_office(reading, reading.token_at(mention.start), words)
    return replace(mention, label=PER) if behind else mention


def _may_be_name(reading: Reading, index: int) -> bool:
    """ "Petit", "Ould-Ahmed"; not "LR", "LaREM" or the first word of a sentence."""
    if reading.ent_type[index] or reading.pos[index] in _NOT_NAMES or not reading.is_capitalized(index):
        return False
    word = reading.text_of(index)
    return len(word) > 2 and all(part[:1].isupper() and part[1:].islower() for part in word.split("-"))


def _label(reading: Reading, start: int, end: int, words: SpeakerWords) -> EntityLabel | None:
    if reading.starts[start] >= 1 and reading.in_quotation[start] != reading.in_quotation[start - 1]:
        return None  # « Une suite » is a title
    before = reading.lower[start - 1]
    titled = before in words.titles
    full = (
        end - start > 1
        and gender_of_given_name(reading.text[reading.starts[start] : reading.ends[end - 1]]) is not None
    )
    alone = end - start == 1 and end < len(reading.lower) and reading.lower[end] in reading.words["genitive"]
    proper = full or (reading.pos[start] == "PROPN" and not alone)  # not "Professeur Associé de physique"
    if titled or (proper and _behind_office(reading, start, words)):
        return PER
    if full and _before_office(reading, end, words):
        return PER
    kind = reading.lower[start - 1] in reading.words["named_kinds"] and reading.pos[start] == "PROPN"
    return ORG if kind else None


def _behind_office(reading: Reading, start: int, words: SpeakerWords) -> bool:
    """A noun of persons in the singular stands right before, or before adjectives."""
    index = start - 1
    while index > 0 and start - index < 3 and reading.pos[index] == "ADJ":
        index -= 1
    singular = not reading.is_plural(index)
    return index >= 0 and singular and reading.lower[index] in words["person_nouns"]


def _before_office(reading: Reading, end: int, words: SpeakerWords) -> bool:
    """ "Paul Petit, (la) maire de Lens" """
    while end < len(reading.lower) and reading.is_space(end) and "\n" not in reading.lower[end]:
        end += 1
    if end + 2 >= len(reading.lower) or reading.lower[end] != ",":
        return False
    behind = end + 2 if reading.pos[end + 1] == "DET" else end + 1
    return reading.lower[behind] in words["person_nouns"]


def _mention(reading: Reading, start: int, end: int, label: EntityLabel) -> EntityMention:
    first, last = reading.starts[start], reading.ends[end - 1]
    surface = reading.text[first:last]
    return EntityMention(
        entity_id=f"{_UNLISTED}{label.value}:{fold(surface.split()[-1])}",
        article_id="",
        version_id="",
        mention_id=f"{_UNLISTED}{first}",
        source="",
        date=date.min,
        surface=surface,
        start=first,
        end=last,
        label=label,
        canonical_name=surface,
        method=EntityMethod.RULE,
        sentence_index=0,
        in_quote=False,
        in_title=False,
    )
