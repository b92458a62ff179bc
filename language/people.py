"""People within one article: which mentions are one person, and by what name that person is known there.

"Anthony Blinken", "M. Blinken", "Blinken" and "Antoine Blinken" are one; Michelle and Barack Obama are two, and a
bare "Obama" beside both is neither, unless "M." or "Mme" tells. The result depends on the article alone.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from language.names import family_alias, name_key, same_name
from language.person_names import PersonName, parse_person, same_person_name, without_civility
from schemas.vocabulary import EntityLabel

MAX_NAMESAKES = 40
"""People of one family name compared with each other; further ones are kept apart by their key alone, so that
a text of nothing but names takes linear time."""
_MAX_SPELLINGS = 8
"""Spellings of one person that a new name is compared with."""


@dataclass(frozen=True, slots=True)
class PersonMention:
    """A mention of a person: its words, and the sex that a civility or role beside it tells ("m", "f" or None)."""

    surface: str
    gender: str | None = None


@dataclass(slots=True)
class _Person:
    """One person: all full names, how often each occurs, and the sexes told."""

    names: Counter[str] = field(default_factory=Counter)
    genders: Counter[str] = field(default_factory=Counter)

    def canonical(self) -> str:
        """The name with most parts; of these the most frequent, the longest, the first by alphabet."""
        return min(self.names, key=lambda n: (-len(parse_person(n).whole), -self.names[n], -len(n), n))

    def may_be(self, gender: str | None) -> bool:
        """Whether nothing told of this person contradicts `gender`."""
        return gender is None or not self.genders or self.genders[gender] > 0

    def is_known_as(self, gender: str | None) -> bool:
        """Whether `gender` was told of this person."""
        return gender is not None and self.genders[gender] > 0


def name_people(mentions: Sequence[PersonMention]) -> list[str]:
    """The canonical name of each mention, in the order of `mentions`.

    A bare family name or one with an initial joins the one person it fits. Where it fits several, a civility may
    decide; else it stays by itself. Where it fits nobody in the article, the alias table may know whom the bare
    name means in the news (`family_alias`).
    """
    names = [without_civility(mention.surface) or mention.surface for mention in mentions]
    parsed = [parse_person(name) for name in names]
    people: dict[str, list[_Person]] = defaultdict(list)
    by_key: dict[str, _Person] = {}
    members: dict[int, _Person] = {}
    for index, person in sorted(enumerate(parsed), key=lambda item: -len(item[1].whole)):
        if person.bare or person.abbreviated or not person.whole:
            continue
        key = name_key(names[index], EntityLabel.PER)
        found = by_key.get(key) or _namesake(names[index], people[_bucket(person)])
        if found is None:
            found = _Person()
            people[_bucket(person)].append(found)
        by_key[key] = found
        found.names[names[index]] += 1
        if mentions[index].gender:
            found.genders[mentions[index].gender or ""] += 1
        members[index] = found
    full_names = {id(person): person.canonical() for person in members.values()}
    short_names: dict[tuple[str, str | None], str] = {}
    canonical: list[str] = []
    for index, mention in enumerate(mentions):
        if index in members:
            canonical.append(full_names[id(members[index])])
            continue
        seen = (names[index], mention.gender)
        if seen not in short_names:
            namesakes = people.get(_bucket(parsed[index]), ())
            short_names[seen] = _short_name(names[index], parsed[index], mention.gender, namesakes)
        canonical.append(short_names[seen])
    return canonical


def _bucket(person: PersonName) -> str:
    if person.family_first:
        return person.family[0]
    return person.whole[-1] if person.whole else ""


def _namesake(name: str, people: Sequence[_Person]) -> _Person | None:
    """The person of `people` that a full name belongs to: the one, or none where it fits several."""
    fits = [p for p in people[:MAX_NAMESAKES] if _same_as_all(name, p)]
    return fits[0] if len(fits) == 1 else None


def _same_as_all(name: str, person: _Person) -> bool:
    return all(same_name(name, other, EntityLabel.PER) for other in islice(person.names, _MAX_SPELLINGS))


def _fits(parsed: PersonName, person: _Person) -> bool:
    return any(same_person_name(parsed, parse_person(name)) for name in islice(person.names, _MAX_SPELLINGS))


def _short_name(name: str, parsed: PersonName, gender: str | None, people: Sequence[_Person]) -> str:
    """The canonical name of a mention by family name or initial."""
    fits = [p for p in people[:MAX_NAMESAKES] if _fits(parsed, p)]
    known = family_alias(name)
    known_key = name_key(known.name, EntityLabel.PER) if known else None
    others = [p for p in fits if name_key(p.canonical(), EntityLabel.PER) != known_key]
    if known and others and len(others) == len(fits):
        # The bare name means somebody in the news, the article names a relative: only a civility tells.
        told = [p for p in fits if p.is_known_as(gender)]
        return told[0].canonical() if len(told) == 1 else name
    fitting = [p for p in fits if p.may_be(gender)]
    if len(fitting) > 1:
        told = [p for p in fitting if p.is_known_as(gender)]
        return told[0].canonical() if len(told) == 1 else name
    if fitting:
        return fitting[0].canonical()
    return name if fits or known is None else known.name
