"""What a description of a person says: its noun, its content words, the office it names."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from language.data_files import load_table
from language.places import nationality_code
from language.reading import clause_words
from schemas.entity import EntityMention


@dataclass(frozen=True, slots=True)
class Office:
    """The names of one office, of which each may stand for another, and the content words in them."""

    names: frozenset[str]
    words: frozenset[str]


class SpeakerWords(dict[str, frozenset[str]]):
    """The words of ``speakers.toml``; every list a set, empty where there is none.

    `names_of_offices` has the names of all offices, each with the number of its office, by their last words: few words
    of a text end one, so few names need be looked for in it. `offices_in` gives the numbers of the offices that a text
    in lower case names; the news repeats few wordings. `titles` has those of men and of women ("M.", "Mme").
    """

    def __init__(self, lists: Mapping[str, frozenset[str]], offices: tuple[Office, ...]) -> None:
        super().__init__(lists)
        self.titles = self["title_masculine"] | self["title_feminine"]
        self.offices = offices
        self.names_of_offices: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for number, office in enumerate(offices):
            for name in sorted(office.names):
                self.names_of_offices[name.rpartition(" ")[2]].append((number, name))

        self.offices_in: Callable[[str], tuple[int, ...]] = lru_cache(maxsize=2048)(self._find_offices)

    def __missing__(self, _: str) -> frozenset[str]:
        return frozenset()

    def _find_offices(self, text: str) -> tuple[int, ...]:
        """The offices that the text names: as whole words, or elided at its end ("d'ambassadeur")."""
        padded = f" {text} "
        words = text.split(" ")
        ends = [*words, *(words[-1][at + 1 :] for at, sign in enumerate(words[-1]) if sign == "'")]
        found = {
            number
            for end in ends
            if end in self.names_of_offices
            for number, name in self.names_of_offices[end]
            if f" {name} " in padded or text.endswith(f"'{name}")
        }
        return tuple(sorted(found))


@lru_cache(maxsize=16)
def speaker_words(language: str) -> SpeakerWords:
    """The words for the speakers of `language`; empty sets where it has no data file."""
    table = load_table(language, "speakers")
    lists: dict[str, frozenset[str]] = {}
    for section, prefix in (("pronouns", ""), ("titles", "title_"), ("articles", "article_"), ("roles", "")):
        for name, words in table.get(section, {}).items():
            if words and isinstance(words[0], str):
                lists[prefix + name] = frozenset(words)
    lists["person_nouns"] = frozenset(
        noun.lower() for noun in load_table(language, "roles").get("nouns", ())
    ) | lists.get("described", frozenset())
    lists["speaking"] = (
        clause_words(language)["speaking_nouns"]
        | clause_words(language)["institutions"]
        | lists.get("generic_organisations", frozenset())
    )
    empty = lists.get("empty_words", frozenset())
    offices = tuple(
        Office(frozenset(group), frozenset(w for name in group for w in _content_words(name, empty)))
        for group in table.get("roles", {}).get("same_office", ())
    )
    return SpeakerWords(lists, offices)


@dataclass(frozen=True, slots=True)
class Role:
    """A description of a person at one place.

    Args:
        at: token where it stands.
        person: the mention it belongs to.
        noun: its head noun, lower case.
        text: all of it, lower case.
        words: its content words.
        gender: "Masc", "Fem" or None.
        sentence: where the name stands, in lower case.
    """

    at: int
    person: EntityMention
    noun: str
    text: str
    words: frozenset[str]
    gender: str | None
    sentence: str = ""


def content_words(text: str, words: SpeakerWords) -> frozenset[str]:
    """The words of a description that tell persons apart; a country and its adjective are one word, "@RU"."""
    return _content_words(text, words["empty_words"])


@lru_cache(maxsize=2048)
def countries_in(content: frozenset[str]) -> frozenset[str]:
    """The countries among `content_words`."""
    return frozenset(word for word in content if word.startswith("@"))


@lru_cache(maxsize=2048)  # of a sentence for each name in it
def _content_words(text: str, empty: frozenset[str]) -> frozenset[str]:
    parts = text.lower().replace("’", "'").replace("'", "' ").replace(",", " ").split()
    return frozenset(_country_or_word(p) for p in parts if p not in empty and any(c.isalnum() for c in p))


@lru_cache(maxsize=4096)
def _country_or_word(word: str) -> str:
    code = nationality_code(word)
    return f"@{code}" if code else word
