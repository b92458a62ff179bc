"""Which of an article's descriptions say the same of a person as the one at hand, asked once for each wording.

An article of a book's length repeats few wordings often. Roles are therefore found by their noun and their office,
and what was found for a wording is kept.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from language.speaker_roles import Office, Role, SpeakerWords, content_words, countries_in


@dataclass(frozen=True, slots=True)
class Description:
    """A noun phrase that may stand for a person.

    Args:
        noun: its head, lower case.
        text: all of it, lower case, straight apostrophes.
        words: its content words.
        adjectives: those of its words that are adjectives, lower case.
    """

    noun: str
    text: str
    words: frozenset[str]
    adjectives: frozenset[str]


class FittingRoles:
    """The roles that fit a description, in text order of the names."""

    def __init__(self, roles: Sequence[Role]) -> None:
        self._roles = roles
        self._least: list[int] = []  # the first token of this role and all behind it
        for role in reversed(roles):
            self._least.append(min(role.at, self._least[-1]) if self._least else role.at)
        self._least.reverse()

    @property
    def persons(self) -> set[str]:
        """Ids of all who have one of them."""
        return {role.person.entity_id for role in self._roles}

    def nearest(self, token: int) -> Role | None:
        """The last one before the token, else the first of all."""
        last = bisect_left(self._least, token) - 1
        return self._roles[max(last, 0)] if self._roles else None


class KnownRoles:
    """The roles that an article tells of its persons.

    Args:
        roles: in text order of the names.
        words: of the language.
    """

    def __init__(self, roles: Sequence[Role], words: SpeakerWords) -> None:
        self._roles = roles
        self._words = words
        self._by_noun: dict[str, list[int]] = defaultdict(list)
        self._fitting: dict[Description, FittingRoles] = {}
        self._others: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        for number, role in enumerate(roles):
            self._by_noun[role.noun].append(number)

    @cached_property
    def _by_countries(self) -> dict[frozenset[str], set[str]]:
        by_countries: dict[frozenset[str], set[str]] = defaultdict(set)
        for role in self._roles:
            by_countries[_countries_of(role)].add(role.person.entity_id)
        return by_countries

    @cached_property
    def persons(self) -> frozenset[str]:
        """Ids of all who have a role."""
        return frozenset(role.person.entity_id for role in self._roles)

    @cached_property
    def _by_office(self) -> dict[int, list[int]]:
        by_office: dict[int, list[int]] = defaultdict(list)
        for number, role in enumerate(self._roles):
            for office in self._words.offices_in(role.text):
                by_office[office].append(number)
        return by_office

    def like(self, description: Description, token: int) -> Role | None:
        """The nearest role before the token, else after, that says the same and nothing else; one that says the
        country as well comes first."""
        found = self._fitting.get(description)
        if found is None:
            found = self._fitting[description] = self._find_fitting(description)
        return found.nearest(token)

    def only(self, description: Description) -> Role | None:
        """The role that says the same, if it is one person's only."""
        fitting = self._find_fitting(description)
        first = fitting.nearest(0)
        return first if first is not None and fitting.persons == {first.person.entity_id} else None

    def offices_of(self, text: str) -> list[Office]:
        """The offices that a text in lower case names."""
        return [self._words.offices[number] for number in self._words.offices_in(text)]

    def others(self, noun: str, words: frozenset[str]) -> frozenset[str]:
        """Ids of the persons whom a description with this noun and these content words cannot mean: "le candidat
        socialiste" is not "le candidat écologiste", "le dirigeant américain" not "le président russe"."""
        found = self._others.get((noun, words))
        if found is None:
            found = self._others[noun, words] = self._find_others(noun, words)
        return found

    def called(self, noun: str, extra: frozenset[str]) -> set[str]:
        """Ids of the persons described by this noun, with one of the `extra` words if there are any."""
        roles = (self._roles[number] for number in self._by_noun.get(noun, ()))
        return {r.person.entity_id for r in roles if not extra or extra & r.words}

    def _find_fitting(self, description: Description) -> FittingRoles:
        numbers = set(self._by_noun.get(description.noun, ()))
        for office in self._words.offices_in(description.text):
            numbers.update(self._by_office.get(office, ()))
        if description.noun in self._words["heads"]:
            numbers.update(n for noun in self._words["heads"] for n in self._by_noun.get(noun, ()))
        fitting = [r for n in sorted(numbers) if self._fits(r := self._roles[n], description)]
        fitting = [r for r in fitting if not self._is_of_another_rank(r, description)]
        countries = countries_in(description.words)
        fitting = [r for r in fitting if countries <= r.words] or fitting
        past = self._is_past(description.text)
        return FittingRoles([r for r in fitting if self._is_past(r.text) == past] or fitting)

    def _is_past(self, text: str) -> bool:
        """ "le président" is the one in office rather than "l'ancien président Girard"."""
        return not self._words["former"].isdisjoint(text.replace("'", " ").split())

    def _is_of_another_rank(self, role: Role, description: Description) -> bool:
        """ "le ministre" is not "le Premier ministre Girard"; "le chef du gouvernement" is."""
        ranks = (rank for rank in self._words["never_shortened"] if rank.endswith(f" {description.noun}"))
        return any(rank in role.text and rank not in description.text for rank in ranks)

    def _fits(self, role: Role, description: Description) -> bool:
        """ "le ministre" may be "le ministre de la Culture"; "le ministre de la Culture" may not be "le ministre
        Girard" unless culture is spoken of beside his name."""
        abroad, told = countries_in(description.words), _countries_of(role)
        if abroad and told and not abroad & told:
            return False
        wanted = description.words - abroad
        camp, its_camp = wanted & self._words["camps"], role.words & self._words["camps"]
        if camp and its_camp and not camp & its_camp:
            return False  # "le candidat socialiste" is not "le candidat écologiste"
        own = description.adjectives | {description.noun}
        untold = wanted - own - role.words
        if role.noun == description.noun and (
            not untold or untold <= content_words(role.sentence, self._words)  # to read a sentence takes long
        ):
            return True
        if (
            role.noun == description.noun
            and (wanted - own) & role.words
            and len(self.called(role.noun, frozenset())) == 1
        ):
            return True  # "le ministre de l'Économie et des Finances" is the one minister, of the economy
        if self._heads_the_same(role, wanted - own, description.noun):
            return True
        shared = next(
            (n for n in self._words.offices_in(description.text) if n in self._words.offices_in(role.text)), None
        )
        if shared is None:
            return False
        office = self._words.offices[shared]
        extra = role.words - countries_in(role.words) - wanted
        return wanted - office.words <= role.words and (extra <= office.words or wanted <= role.words)

    def _heads_the_same(self, role: Role, headed: frozenset[str], noun: str) -> bool:
        """ "le patron de Renault" is "le directeur général de Renault"."""
        heads = self._words["heads"]
        return noun in heads and role.noun in heads and bool(headed - heads) and headed - heads <= role.words

    def _find_others(self, noun: str, words: frozenset[str]) -> frozenset[str]:
        abroad = countries_in(words)
        found: set[str] = set()
        for told, persons in self._by_countries.items():
            if abroad and told and not abroad & told:
                found |= persons
        extra = words - abroad - {noun}
        for role in (self._roles[number] for number in self._by_noun.get(noun, ())):
            told_extra = role.words - _countries_of(role) - {noun}
            if extra and told_extra and not extra & told_extra:
                found.add(role.person.entity_id)
        return frozenset(found)


def _countries_of(role: Role) -> frozenset[str]:
    """Those of the words, and that of the person."""
    code = role.person.country_code
    return countries_in(role.words) | ({f"@{code}"} if code else frozenset())
