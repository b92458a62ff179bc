"""The identity of a name: which spellings and forms name the same person, place or organisation.

Two questions with two answers. `name_key` is the identity itself: it looks at one name only, and names with one
key have one `entity_id` in every article. `same_name` asks whether two names may stand for one thing where they
meet in one article; it also accepts a bare family name for the full one, an initial, an acronym for its long
form, and a slip of one letter in a long name.
"""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from language.data_files import NEUTRAL, load_table
from language.person_names import parse_person, same_person_name, without_civility
from language.places import country_code, place_words
from language.spelling import fold, sound_key, words
from schemas.vocabulary import EntityLabel

_SECTIONS = {EntityLabel.PER: "people", EntityLabel.ORG: "organisations", EntityLabel.LOC: "places"}
_ARTICLES = frozenset({"le", "la", "les", "l", "the"})
_LEGAL_FORMS = frozenset(
    {"sa", "sas", "sarl", "inc", "corp", "corporation", "ltd", "plc", "gmbh", "ag", "llc", "co", "spa"}
)
_SMALL_WORDS = frozenset(
    {
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "les",
        "l",
        "et",
        "en",
        "pour",
        "a",
        "au",
        "aux",
        "sur",
        "of",
        "the",
        "and",
        "for",
    }
)
_MIN_ACRONYM = 2
_MAX_ACRONYM = 12
_MIN_ORG_SOUND = 5
"""Shorter words of an organisation's name are acronyms more often than transliterations."""
_MAX_CASED_ACRONYM = 3
"""Acronyms up to this length are looked up in capitals only: "US" is a country, "Us" a word."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One entry of ``language/data/aliases.toml``.

    Args:
        name: the name by which the entity is known.
        alone: the bare family name means this person.
    """

    name: str
    alone: bool


@dataclass(frozen=True, slots=True)
class _AliasIndex:
    exact: dict[str, Alias]
    by_key: dict[str, Alias]
    families: dict[str, Alias]


@lru_cache(maxsize=8)
def _aliases(label: EntityLabel) -> _AliasIndex:
    groups = load_table(NEUTRAL, "aliases").get(_SECTIONS.get(label, ""), ())
    exact: dict[str, Alias] = {}
    keys: list[tuple[str, Alias]] = []
    families: dict[str, Alias] = {}
    for group in groups:
        alias = Alias(group["name"], group.get("alone", False))
        for name in (alias.name, *group.get("also", ())):
            exact[_exact_form(name)] = alias
            keys.append((_spelling_key(name, label), alias))
            if alias.alone:
                families[" ".join(parse_person(name).family)] = alias
    # A key that two entries share (George W. Bush, George H. W. Bush) tells nothing: only the exact name does.
    owners = Counter(key for key, _ in {(key, alias) for key, alias in keys})
    return _AliasIndex(exact, {key: alias for key, alias in keys if owners[key] == 1}, families)


def _exact_form(name: str) -> str:
    """The folded words of a name; a short acronym keeps its capitals."""
    parts = words(without_civility(name)) or words(name)
    plain = name.replace(".", "")
    return plain if plain.isupper() and len(plain) <= _MAX_CASED_ACRONYM else " ".join(parts)


@lru_cache(maxsize=65536)
def find_alias(name: str, label: EntityLabel) -> Alias | None:
    """The entry of the alias table that `name` belongs to, or None."""
    index = _aliases(label)
    parts = words(name)
    if label is not EntityLabel.PER and len(parts) > 1 and parts[0] in _ARTICLES:
        parts = parts[1:]
    plain = name.replace(".", "")
    if len(parts) == 1 and len(parts[0]) <= _MAX_CASED_ACRONYM:
        return index.exact.get(plain) or (index.exact.get(parts[0]) if not plain.isupper() else None)
    return (
        index.exact.get(" ".join(parts))
        or index.exact.get(_exact_form(name))
        or index.by_key.get(_spelling_key(name, label))
    )


def family_alias(name: str) -> Alias | None:
    """The person that a bare family name means where nobody else of that family is named, or None."""
    person = parse_person(name)
    if not (person.bare or person.abbreviated):
        return None
    alias = _aliases(EntityLabel.PER).families.get(" ".join(person.family))
    if alias and person.abbreviated and parse_person(alias.name).initial != person.initial:
        return None
    return alias


def _spelling_key(name: str, label: EntityLabel) -> str:
    """The key of a name by its spelling alone, without the alias table."""
    if label is EntityLabel.PER:
        return parse_person(name).key
    if label is EntityLabel.LOC:
        return " ".join(sound_key(word, keep_final_e=True) for word in place_words(name))
    if label not in (EntityLabel.ORG, EntityLabel.EVENT, EntityLabel.PRODUCT):
        return fold(name)  # a date or a quantity: "12,5 %" is not "125 %"
    parts = words(name)
    if len(parts) > 1 and parts[0] in _ARTICLES:
        parts = parts[1:]
    if label is not EntityLabel.ORG:
        return "".join(parts)
    if len(parts) > 1 and parts[-1] in _LEGAL_FORMS:
        parts = parts[:-1]
    return "".join(
        sound_key(word.removesuffix("s"), keep_final_e=True) if len(word) >= _MIN_ORG_SOUND else word for word in parts
    )


@lru_cache(maxsize=65536)
def name_key(name: str, label: EntityLabel) -> str:
    """The identity of `name` among the names of `label`: equal for all spellings of one name.

    In this order: a country is its ISO code; an entry of the alias table is that entry; a person is given and
    family name by sound, given names of one kind (Dmitri, Dmytro) being one; a place is its words by sound; any
    other name is its words without case, accents, article and legal form. A name without letters is itself.
    """
    if label is EntityLabel.LOC and (code := country_code(name)):
        return f"country:{code}"
    alias = find_alias(name, label)
    if alias:
        return f"known:{' '.join(words(alias.name))}"
    key = _spelling_key(name, label)
    return key if key.strip("| ") else f"as written:{name}"


def same_name(a: str, b: str, label: EntityLabel | str) -> bool:
    """Whether `a` and `b` may name one entity of `label` where both stand in one article.

    They are *not* the same if the alias table knows them as two; if given names differ ("Michelle Obama",
    "Barack Obama"); if one has a numeral or "Jr." and the other has another or none; if they are two countries;
    if one merely contains the other ("Corée", "Corée du Nord"; "Cour suprême", "Cour suprême du Canada").
    """
    label = EntityLabel(label)
    if name_key(a, label) == name_key(b, label):
        return True
    known_a, known_b = find_alias(a, label), find_alias(b, label)
    if known_a and known_b:
        return False
    if label is EntityLabel.PER:
        return _same_person(a, b)
    if label in (EntityLabel.ORG, EntityLabel.EVENT):
        return is_acronym_of(a, b) or is_acronym_of(b, a)
    return False


def _same_person(a: str, b: str) -> bool:
    meant_a, meant_b = family_alias(a), family_alias(b)
    if meant_a or meant_b:
        a, b = (meant_a.name if meant_a else a), (meant_b.name if meant_b else b)
        if name_key(a, EntityLabel.PER) == name_key(b, EntityLabel.PER):
            return True
        if find_alias(a, EntityLabel.PER) and find_alias(b, EntityLabel.PER):
            return False
    return same_person_name(parse_person(a), parse_person(b))


def is_acronym_of(short: str, long: str) -> bool:
    """Whether `short`, in capitals or as one word of four letters and more, has the initials of `long`."""
    acronym = acronym_letters(short)
    if acronym is None or acronym not in initials(long):
        return False
    # Two letters have too many long forms to believe one of them against the table.
    return len(acronym) > _MIN_ACRONYM or find_alias(short, EntityLabel.ORG) is None


def acronym_letters(name: str) -> str | None:
    """The folded letters of a name that may be an acronym ("ONU", "O.N.U.", "Unesco"), else None."""
    letters = words(name)
    if len(letters) != 1 or not _MIN_ACRONYM <= len(letters[0]) <= _MAX_ACRONYM:
        return None
    return letters[0] if name.replace(".", "").isupper() or len(letters[0]) > _MAX_CASED_ACRONYM else None


def initials(name: str) -> frozenset[str]:
    """The acronyms that a name of several words may have: of all words, and without the small ones."""
    parts = words(name)
    if not _MIN_ACRONYM <= len(parts) <= 2 * _MAX_ACRONYM:
        return frozenset()
    return frozenset(
        {"".join(part[0] for part in parts), "".join(part[0] for part in parts if part not in _SMALL_WORDS)}
    )
