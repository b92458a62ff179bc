"""Which offices and descriptions an article tells of its persons: "le ministre russe, Sergueï Lavrov"."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from language.data_files import load_table
from language.reading import Reading
from language.speaker_labels import PER
from language.speaker_roles import Role, SpeakerWords, content_words
from language.spelling import fold
from schemas.entity import EntityMention

_ROLE_REACH = 9
"""Tokens of a description before a name: "le tout nouveau ministre ukrainien des Affaires étrangères"."""
_HYPHENS = frozenset("-‐‑")
_PREDICATE_REACH = 6
"""Tokens from a name to the noun that is said of it: "Anne Morel, qui a été élue hier présidente"."""


class _Told(NamedTuple):
    """A description where it stands, see `Role`."""

    at: int
    noun: str
    text: str
    gender: str | None


def find_roles(
    reading: Reading, mention: EntityMention, words: SpeakerWords, one_name: Callable[[str], str] = str
) -> Iterator[Role]:
    """The descriptions right before the name of a person, right after it between commas, and those said of it.

    Args:
        one_name: gives each organisation in a text in lower case one name.
    """
    sentence: str | None = None
    for find in (_before, _after, _predicated, _told_role):
        for role in find(reading, mention, words):
            sentence = _sentence_of(reading, mention) if sentence is None else sentence
            told = content_words(one_name(role.text), words)
            yield Role(role.at, mention, role.noun, role.text, told, role.gender, sentence)


def known_roles(mentions: Sequence[EntityMention], words: SpeakerWords, language: str) -> list[Role]:
    """The offices for which the persons of an article are known in the news (``offices.toml``), once each."""
    by_name = _known_offices(language)
    people = {m.canonical_name: m for m in reversed(mentions) if m.label is PER}
    found: list[Role] = []
    for name, mention in people.items():
        for text in by_name.get(fold(name), ()):
            found.append(Role(0, mention, text.split()[0], text, content_words(text, words), None))
    return found


@lru_cache(maxsize=16)
def _known_offices(language: str) -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for office in load_table(language, "offices").get("offices", ()):
        for name in office["people"]:
            known[fold(name)] = (*known.get(fold(name), ()), *office["texts"])
    return known


def _sentence_of(reading: Reading, mention: EntityMention) -> str:
    at = min(reading.token_at(mention.start), len(reading.lower) - 1)
    sentence = reading.sentences[reading.sentence_of[at]]
    return " ".join(reading.lower[sentence.start : sentence.end])


def _told_role(reading: Reading, mention: EntityMention, words: SpeakerWords) -> Iterator[_Told]:
    """The role that the entity row has."""
    text = (mention.role or "").lower().replace("’", "'")
    nouns = [word for word in text.replace("'", "' ").split() if word in words["person_nouns"]]
    if nouns:
        yield _Told(reading.token_at(mention.start), nouns[0], text, None)


def _before(reading: Reading, mention: EntityMention, words: SpeakerWords) -> Iterator[_Told]:
    end = reading.token_at(mention.start)
    if end and reading.lower[end - 1] in words["named"]:
        end -= 1  # "un homme de 25 ans nommé Paul Petit"
    while end and reading.lower[end - 1] in words.titles:
        end -= 1  # "le cabinet de M. Petit"
    apposed = bool(end) and reading.lower[end - 1] == ","
    if apposed:
        end -= 1
    if end and reading.pos[end - 1] == "ADP":
        return  # "l'entourage de Marie Durand" describes somebody else
    start = max(_start_of_description(reading, end), office_in_genitive(reading, end, words) or 0)
    if apposed and start and reading.pos[start - 1] == "ADP":
        return  # "Selon le ministre, Marie Durand …" names two people
    yield from _role(reading, start, end, words)
    if not apposed and start > 1 and reading.pos[start] == "DET" and reading.lower[start - 1] == ",":
        # "le chef d'état-major, le général Paul Petit": the title is an apposition to an office
        first = _start_of_description(reading, start - 1)
        office = next((i for i in range(first, start - 1) if reading.pos[i] == "NOUN"), None)
        if office is not None and reading.lower[office] in words["person_nouns"] and _is_closed(reading, mention):
            yield from _role(reading, first, start - 1, words)


def office_in_genitive(reading: Reading, end: int, words: SpeakerWords) -> int | None:
    """ "le porte-parole du président (Paul Petit)": the noun of the office that ends before the token `end`, if "de" and
    an article stand before it; the name behind it is that of the president. None where it is no such noun."""
    noun = end - 1
    while noun > 0 and reading.pos[noun] == "ADJ":
        noun -= 1
    if noun < 2 or reading.lower[noun] not in words["person_nouns"] or reading.pos[noun] != "NOUN":
        return None
    before = noun - 1
    while before > 0 and reading.pos[before] in ("DET", "ADJ"):
        before -= 1
    governed = reading.lower[before] in reading.words["genitive"] and reading.pos[before - 1] in (
        "NOUN",
        "ADJ",
        "PROPN",
    )
    return noun if governed else None


def _is_closed(reading: Reading, mention: EntityMention) -> bool:
    """A mark or the end follows the name: it ends an apposition and begins no clause."""
    behind = reading.token_before(mention.end)
    return behind >= len(reading.lower) or not reading.is_word(behind)


def _start_of_description(reading: Reading, end: int) -> int:
    start = end
    while start > 0 and end - start < _ROLE_REACH and _may_describe(reading, start - 1):
        start -= 1
        if reading.pos[start] == "DET" and not (
            start and (reading.pos[start - 1] == "ADP" or reading.lower[start - 1] in reading.words["genitive"])
        ):
            break
    return start


def _after(reading: Reading, mention: EntityMention, words: SpeakerWords) -> Iterator[_Told]:
    start = reading.token_before(mention.end)
    while start < len(reading.lower) and reading.is_space(start):
        start += 1
    if start >= len(reading.lower) or reading.lower[start] != ",":
        return
    start += 1
    end = start
    while end < len(reading.lower) and end - start < _ROLE_REACH and _may_describe(reading, end):
        end += 1
    if end < len(reading.lower) and reading.lower[end] in (",", "."):
        yield from _role(reading, start, end, words)


def _predicated(reading: Reading, mention: EntityMention, words: SpeakerWords) -> Iterator[_Told]:
    """ "Anne Morel (, qui) est la maire de Lens", "Paul Petit a été nommé ministre", "Paul Petit, devenu maire"."""
    index = reading.token_before(mention.end)
    limit = min(len(reading.lower), index + _PREDICATE_REACH)
    said, allowed = False, {False: ("ADV",), True: ("DET", "ADV", "ADJ")}
    while index < limit:
        word = reading.lower[index]
        if word in words["being"]:
            said = True
        elif said and word in words["person_nouns"]:
            break
        elif not (
            word == ","
            or word in words["before_being"]
            or reading.is_space(index)
            or reading.pos[index] in allowed[said]
        ):
            return
        index += 1
    if index >= limit:
        return
    end = index + 1
    while end < len(reading.lower) and end - index < _ROLE_REACH and _may_describe(reading, end):
        end += 1
    start = index - 1 if reading.pos[index - 1] == "DET" else index
    yield from _role(reading, start, end, words)


def _may_describe(reading: Reading, index: int) -> bool:
    word = reading.lower[index]
    if word in _HYPHENS and reading.starts[index] == reading.ends[index - 1]:
        return True  # "chef d'état-major"
    if (
        word in (",", "\n")
        or reading.is_space(index)
        or reading.pos[index] in ("VERB", "AUX", "SCONJ", "CCONJ", "PUNCT", "PRON")
    ):
        return False
    if reading.pos[index] == "ADP":
        return word in reading.words["genitive"] or word in reading.words["place_prepositions"]
    return True


def _role(reading: Reading, start: int, end: int, words: SpeakerWords) -> Iterator[_Told]:
    nouns = [i for i in range(start, end) if reading.pos[i] == "NOUN"]
    if not nouns:
        return
    text = reading.text[reading.starts[start] : reading.ends[end - 1]].lower().replace("’", "'").replace("' ", "'")
    article = reading.lower[start]
    if article in words["article_feminine"]:
        gender: str | None = "Fem"
    elif article in words["article_masculine"]:
        gender = "Masc"
    else:
        gender = reading.gender_of(nouns[0])
    yield _Told(start, reading.lower[nouns[0]], text, gender)
