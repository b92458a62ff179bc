"""Which offices and descriptions the persons of an article have: "le ministre russe, Sergueï Lavrov"."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from language.data_files import load_table
from language.places import nationality_code
from language.reading import Reading, clause_words, gender_of
from schemas.entity import EntityMention
from schemas.vocabulary import EntityLabel

_ROLE_REACH = 9
"""Tokens of a description before a name: "le tout nouveau ministre ukrainien des Affaires étrangères"."""


@dataclass(frozen=True, slots=True)
class Office:
    """The names of one office, of which each may stand for another, and the content words in them."""

    names: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class SpeakerWords:
    """The words of ``speakers.toml``; every list a set."""

    lists: Mapping[str, frozenset[str]]
    offices: tuple[Office, ...]

    def __getitem__(self, name: str) -> frozenset[str]:
        return self.lists.get(name, frozenset())


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
    lists["speaking"] = clause_words(language)["speaking_nouns"] | lists.get("generic_organisations", frozenset())
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
        beside: the content words of the sentence.
    """

    at: int
    person: EntityMention
    noun: str
    text: str
    words: frozenset[str]
    gender: str | None
    beside: frozenset[str] = frozenset()


def content_words(text: str, words: SpeakerWords) -> frozenset[str]:
    """The words of a description that tell persons apart; a country and its adjective are one word, "@RU"."""
    return _content_words(text, words["empty_words"])


def countries_in(content: frozenset[str]) -> frozenset[str]:
    """The countries among `content_words`."""
    return frozenset(word for word in content if word.startswith("@"))


def _content_words(text: str, empty: frozenset[str]) -> frozenset[str]:
    parts = text.lower().replace("’", "'").replace("'", "' ").replace(",", " ").split()
    return frozenset(_country_or_word(p) for p in parts if p not in empty and any(c.isalnum() for c in p))


@lru_cache(maxsize=4096)
def _country_or_word(word: str) -> str:
    code = nationality_code(word)
    return f"@{code}" if code else word


def find_roles(reading: Reading, mentions: Sequence[EntityMention], words: SpeakerWords) -> list[Role]:
    """The descriptions right before and, between commas, right after each name of a person."""
    found: list[Role] = []
    for mention in mentions:
        if mention.label is EntityLabel.PER:
            beside = _words_beside(reading, mention, words)
            for role in (*_before(reading, mention, words), *_after(reading, mention, words)):
                found.append(replace(role, beside=beside))
            found.extend(replace(role, beside=beside) for role in _told_role(reading, mention, words))
    return found


def _words_beside(reading: Reading, mention: EntityMention, words: SpeakerWords) -> frozenset[str]:
    at = min(reading.token_at(mention.start), len(reading.tokens) - 1)
    sentence = reading.sentences[reading.sentence_of[at]]
    return content_words(" ".join(reading.lower[sentence.start : sentence.end]), words)


def _told_role(reading: Reading, mention: EntityMention, words: SpeakerWords) -> Iterator[Role]:
    """The role that the entity row has."""
    text = (mention.role or "").lower().replace("’", "'")
    nouns = [word for word in text.replace("'", "' ").split() if word in words["person_nouns"]]
    if nouns:
        yield Role(reading.token_at(mention.start), mention, nouns[0], text, content_words(text, words), None)


def _before(reading: Reading, mention: EntityMention, words: SpeakerWords) -> Iterator[Role]:
    name = reading.token_at(mention.start)
    end = name
    apposed = bool(end) and reading.lower[end - 1] == ","
    if apposed:
        end -= 1
    if end and reading.tokens[end - 1].pos_ == "ADP":
        return  # "l'entourage de Marie Durand" describes somebody else
    start = end
    while start > 0 and end - start < _ROLE_REACH and _may_describe(reading, start - 1):
        start -= 1
        if reading.tokens[start].pos_ == "DET" and not (
            start and (reading.tokens[start - 1].pos_ == "ADP" or reading.lower[start - 1] in reading.words["genitive"])
        ):
            break
    if apposed and start and reading.tokens[start - 1].pos_ == "ADP":
        return  # "Selon le ministre, Marie Durand …" names two people
    yield from _role(reading, start, end, mention, words)


def _after(reading: Reading, mention: EntityMention, words: SpeakerWords) -> Iterator[Role]:
    start = reading.token_before(mention.end)
    while start < len(reading.tokens) and reading.tokens[start].is_space:
        start += 1
    if start >= len(reading.tokens) or reading.lower[start] != ",":
        return
    start += 1
    end = start
    while end < len(reading.tokens) and end - start < _ROLE_REACH and _may_describe(reading, end):
        end += 1
    if end < len(reading.tokens) and reading.lower[end] in (",", "."):
        yield from _role(reading, start, end, mention, words)


def _may_describe(reading: Reading, index: int) -> bool:
    word, token = reading.lower[index], reading.tokens[index]
    if word in (",", "\n") or token.is_space or token.pos_ in ("VERB", "AUX", "SCONJ", "CCONJ", "PUNCT", "PRON"):
        return False
    if token.pos_ == "ADP":
        return word in reading.words["genitive"] | reading.words["place_prepositions"]
    return True


def _role(reading: Reading, start: int, end: int, mention: EntityMention, words: SpeakerWords) -> Iterator[Role]:
    nouns = [i for i in range(start, end) if reading.tokens[i].pos_ == "NOUN"]
    if not nouns:
        return
    text = " ".join(reading.lower[start:end]).replace("' ", "'")
    article = reading.lower[start]
    if article in words["article_feminine"]:
        gender: str | None = "Fem"
    elif article in words["article_masculine"]:
        gender = "Masc"
    else:
        gender = gender_of(reading.tokens[nouns[0]])
    yield Role(start, mention, reading.lower[nouns[0]], text, content_words(text, words), gender)
