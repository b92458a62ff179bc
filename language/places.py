"""Countries: ISO 3166-1 alpha-2 codes of country names and of nationality adjectives.

Country names come from CLDR through Babel; nationality words, which no maintained library has, from
``language/<code>/demonyms.toml``. Cities have no code: "Washington" and "Moscou" mean a government as often as
a place, and nothing in the name tells.
"""

import re
from functools import lru_cache

from babel import Locale

from language.data_files import NEUTRAL, load_table
from language.spelling import words

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
"""Codes of CLDR that ISO 3166-1 does not assign to a country; Kosovo's user-assigned XK is kept."""
_NAME_LOCALE, _SECOND_LOCALE = "fr", "en"
"""Names are read in the first; those of the second are added where the first has no other meaning for them."""
_IN_BRACKETS = re.compile(r"(.*?)\s*[\[(](.*)[\])]")
_ARTICLES = frozenset({"le", "la", "les", "l"})
_FORMS = {"st": "saint", "ste": "sainte"}
_STATES = frozenset(
    {"republique", "royaume", "federation", "sultanat", "principaute", "emirat", "grand", "republic", "kingdom"}
)
_MAX_COUNTRY_WORDS = 4
_MAX_SHORT_FORM = 3
_OF = frozenset({"de", "du", "d", "des", "of"})


def place_words(name: str) -> tuple[str, ...]:
    """The folded words of a place's name without a leading article: "Le Caire" and "Caire" are one."""
    parts = tuple(_FORMS.get(word, word) for word in words(name))
    return parts[1:] if len(parts) > 1 and parts[0] in _ARTICLES else parts


def _cldr_names(locale: str) -> dict[tuple[str, ...], str]:
    codes: dict[tuple[str, ...], str] = {}
    for code, name in sorted(Locale(locale).territories.items()):
        if len(code) == 2 and code not in _NOT_COUNTRIES:
            bracketed = _IN_BRACKETS.fullmatch(name)
            for variant in (name, *(bracketed.groups() if bracketed else ())):
                codes.setdefault(place_words(variant), code)
    return codes


@lru_cache(maxsize=1)
def _territories() -> dict[tuple[str, ...], str]:
    codes = _cldr_names(_NAME_LOCALE)
    cities: set[tuple[str, ...]] = set()
    for group in load_table(NEUTRAL, "aliases").get("places", ()):
        names = [place_words(name) for name in (group["name"], *group.get("also", ()))]
        known = next((codes[name] for name in names if name in codes), None)
        if known:
            codes.update(dict.fromkeys(names, known))
        else:
            cities.update(names)  # Mexico is a city in French and a country in English
    foreign = {name: code for name, code in _cldr_names(_SECOND_LOCALE).items() if name not in cities}
    return foreign | codes


@lru_cache(maxsize=8)
def _demonyms(language: str) -> dict[str, str]:
    table = load_table(language, "demonyms")
    return {
        words(form)[0] if len(words(form)) == 1 else " ".join(words(form)): code
        for code, forms in table.items()
        for form in forms
    }


def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its French or English name, or None for any other place.

    >>> country_code("États-Unis"), country_code("la Russie"), country_code("Washington")
    ('US', 'RU', None)
    """
    parts = place_words(name)
    if len(parts) == 1 and len(parts[0]) <= _MAX_SHORT_FORM and not name.replace(".", "").isupper():
        return None  # "US" is a country, "us" and "Us" are words
    code = _territories().get(parts)
    if code or len(parts) < 3 or parts[0] not in _STATES:
        return code
    # "Royaume du Cambodge", "République islamique d'Iran": what follows the last "de".
    at = max((i for i, part in enumerate(parts[:-1]) if part in _OF), default=-1)
    return _territories().get(place_words(" ".join(parts[at + 1 :]))) if at > 0 else None


def nationality_code(text: str, language: str = "fr") -> str | None:
    """The code of the one country that `text` speaks of by an adjective or a name, or None for none or several.

    >>> nationality_code("secrétaire d'État américain"), nationality_code("président de la Russie")
    ('US', 'RU')
    """
    demonyms, territories = _demonyms(language), _territories()
    parts = words(text)
    found: set[str] = set()
    position = 0
    while position < len(parts):
        for size in range(min(_MAX_COUNTRY_WORDS, len(parts) - position), 0, -1):
            phrase = parts[position : position + size]
            code = territories.get(phrase) or demonyms.get(" ".join(phrase))
            if code:
                found.add(code)
                position += size - 1
                break
        position += 1
    return found.pop() if len(found) == 1 else None
