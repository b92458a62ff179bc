"""What kind of organisation a name is: told in the article ("la compagnie EgyptAir") or known (Le Monde, a daily)."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from language.data_files import load_table
from language.reading import Reading
from language.speaker_labels import LOC, ORG, PER
from language.spelling import fold
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel

CERTAIN = frozenset({PER, ORG, EntityLabel.DATE, EntityLabel.TIME})
"""Labels that no kind changes."""
_REACH = 3
"""Tokens from the noun of a kind to the name: "la compagnie aérienne américaine United"."""


@lru_cache(maxsize=16)
def _known_kinds(language: str) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """The nouns by folded name of an organisation, and for each noun all nouns that may stand for it."""
    by_name: dict[str, set[str]] = defaultdict(set)
    alike: dict[str, set[str]] = defaultdict(set)
    for group in load_table(language, "organisations").get("kinds", ()):
        nouns = frozenset(group["nouns"])
        for name in group["names"]:
            by_name[_key(name)] |= nouns
        for noun in nouns:
            alike[noun] |= nouns
    return (
        {name: frozenset(nouns) for name, nouns in by_name.items()},
        {noun: frozenset(nouns) for noun, nouns in alike.items()},
    )


@lru_cache(maxsize=16)
def _articles(language: str) -> tuple[str, ...]:
    return tuple(load_table(language, "organisations").get("articles", ()))


@lru_cache(maxsize=4096)  # the news repeats its names
def _key(name: str, articles: tuple[str, ...] = ()) -> str:
    folded = fold(name).replace("’", "'")
    for article in articles:
        folded = folded.removeprefix(article)
    return folded.strip().replace("-", " ")


class OrganisationKinds:
    """The kinds of an article's organisations.

    Args:
        organisations: their mentions.
    """

    def __init__(self, reading: Reading, organisations: Sequence[EntityMention]) -> None:
        by_name, alike = _known_kinds(reading.language)
        self._kinds = frozenset(alike)
        articles = _articles(reading.language)
        self._of: dict[str, set[str]] = defaultdict(set)
        nouns = reading.words["named_kinds"] | self._kinds
        for mention in organisations:
            for name in (mention.surface, mention.canonical_name):
                self._of[mention.entity_id] |= by_name.get(_key(name), by_name.get(_key(name, articles), frozenset()))
            for told in _told(reading, mention, nouns):
                self._of[mention.entity_id] |= alike.get(told, frozenset()) | {told}
            first = mention.surface.lower().split()[0]
            if first in reading.words["institutions"]:
                self._of[mention.entity_id].add(first)

    def is_kind(self, noun: str) -> bool:
        """Organisations are known by this noun, and others are not: "le quotidien", not "l'entreprise"."""
        return noun in self._kinds

    def is_one(self, mention: EntityMention, noun: str) -> bool:
        """The noun names the kind of this organisation, or may stand for it."""
        return noun in self._of[mention.entity_id]

    def is_other(self, mention: EntityMention, noun: str) -> bool:
        """It is known as something that the noun does not name."""
        return bool(self._of[mention.entity_id]) and not self.is_one(mention, noun)


def with_kind(reading: Reading, mention: EntityMention) -> EntityMention:
    """The mention, as an organisation's where the model took the name for a place, product or event although the noun
    before it or the table says otherwise: "la compagnie Flydubai"."""
    if mention.label in CERTAIN or mention.country_code is not None:
        return mention
    by_name, _ = _known_kinds(reading.language)
    known = mention.label is not LOC and _key(mention.surface) in by_name
    if known or (mention.surface[:1].isupper() and _told(reading, mention, reading.words["named_kinds"])):
        return replace(mention, label=ORG)
    return mention


def _told(reading: Reading, mention: EntityMention, nouns: Container[str]) -> set[str]:
    """The noun right before the name, but for adjectives, or in apposition right behind it: "le quotidien (local) Le
    Midi", "Presstel, l'agence locale"."""
    at = reading.token_at(mention.start)
    for index in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if reading.lower[index] in nouns:
            return {reading.lower[index]}
        if reading.pos[index] != "ADJ":
            break
    behind = reading.token_before(mention.end)
    if behind + 2 < len(reading.lower) and reading.lower[behind] == "," and reading.pos[behind + 1] == "DET":
        apposed = reading.lower[behind + 2]
        governed = at > 0 and reading.pos[at - 1] in ("ADP", "CCONJ")
        if apposed in nouns and not (governed and reading.is_plural(behind + 2)):
            return {apposed}
    return set()
