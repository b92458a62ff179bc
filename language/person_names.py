"""The parts of a person's name: given name, family name, and what sets namesakes apart.

Works on the name alone, without the text it stands in. Tables: ``language/data/given_names.toml``.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from language.data_files import NEUTRAL, load_table
from language.spelling import differ_by_one, fold, sound_key, words

_ROMAN = re.compile(r"(?=[XVI])X{0,3}(?:IX|IV|V?I{0,3})")
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?)+|[^\W\d_]")
_MAX_CHUNKS = 12
"""Names of more words are cut: no person has them, and garbage has thousands."""
_MIN_GIVEN_TYPO = 5
_MIN_FAMILY_TYPO = 7


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of a name, each as its sound (`sound_key`).

    Args:
        given: class of the given name (all forms of Alexandre have one), else its sound, or "" in a bare name.
        initial: first letter of the given name.
        abbreviated: the given name is written as an initial.
        middle: what stands between given and family name, without initials.
        family: the family name with its strong particles ("le pen", "ben ali").
        suffix: "jr", "sr", a Roman numeral, or "".
        whole: all parts in order.
        family_first: the family name stands first and the name is compared whole (Kim Jong-un).
        arabic: the given name is Arabic or Persian: short vowels of the family name vary (Béchir, Bashir).
    """

    given: str
    initial: str
    abbreviated: bool
    middle: tuple[str, ...]
    family: tuple[str, ...]
    suffix: str
    whole: tuple[str, ...]
    family_first: bool = False
    arabic: bool = False

    @property
    def family_key(self) -> str:
        """The family name in one piece; Arabic ones with one letter for the vowels a, e and i."""
        return _one_vowel(self.family) if self.arabic else " ".join(self.family)

    @property
    def key(self) -> str:
        """Given name, family name and suffix; the middle is left out, for it comes and goes."""
        if self.family_first:
            return f"{''.join(self.whole)}|{self.suffix}"
        return f"{self.given}|{self.family_key}|{self.suffix}"

    @property
    def bare(self) -> bool:
        """Whether it is one name only: a family name, or a single given name."""
        return not self.given and not self.family_first


@dataclass(frozen=True, slots=True)
class _Tables:
    classes: dict[str, str]
    arabic: frozenset[str]
    doubling: frozenset[str]
    family_first: frozenset[str]
    weak: frozenset[str]
    strong: frozenset[str]
    servant_of: frozenset[str]
    civility: re.Pattern[str]
    forms: dict[str, str]
    suffixes: dict[str, str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    table = load_table(NEUTRAL, "given_names")
    titles = "|".join(re.escape(title) for title in sorted(table["civilities"], key=len, reverse=True))
    classes = {fold(name): f"given:{fold(names[0])}" for names in table["same"] for name in names}
    return _Tables(
        classes=classes,
        arabic=frozenset(classes.get(fold(name)) or _sound_of_given(fold(name)) for name in table["arabic"]),
        doubling=frozenset(table["doubling"]),
        family_first=frozenset(table["family_first"]),
        weak=frozenset(table["weak_particles"]),
        strong=frozenset(table["strong_particles"]),
        servant_of=frozenset(table["servant_of"]),
        civility=re.compile(rf"(?:{titles})(?:\.\s*|\s+)(?=\S)", re.IGNORECASE),
        forms=table["particle_forms"],
        suffixes=table["suffixes"],
    )


def _one_vowel(family: tuple[str, ...]) -> str:
    return " ".join(family).replace("I", "A")


def without_civility(name: str) -> str:
    """`name` without "M.", "Mme", "Dr", "président" and the like before it, unless nothing else is left."""
    stripped = name.strip()
    pattern = _tables().civility
    while match := pattern.match(stripped):
        rest = stripped[match.end() :]
        # "M. Night Shyamalan" keeps its M. no more than "M. Blinken"; "J. M. Coetzee" is not touched.
        stripped = rest
    return stripped


@lru_cache(maxsize=65536)
def parse_person(name: str) -> PersonName:
    """Take a person's name apart; any string gives a result, an empty one for a string without letters."""
    tables = _tables()
    chunks = without_civility(name).replace(",", " ").split()[:_MAX_CHUNKS]
    first_shouts = bool(chunks) and len(chunks[0]) > 2 and chunks[0].isupper() and "." not in chunks[0]
    if first_shouts and len(chunks) > 1 and not any(c.isupper() for c in chunks[1:]):
        chunks = [*chunks[1:], chunks[0]]  # MACRON Emmanuel
    suffix = ""
    if len(chunks) > 1:
        last = fold(chunks[-1]).rstrip(".")
        suffix = tables.suffixes.get(last, last if _ROMAN.fullmatch(chunks[-1]) else "")
        chunks = chunks[:-1] if suffix else chunks
    parts = _merged([(chunk, words(chunk)) for chunk in chunks], tables)
    if not parts:
        return PersonName("", "", False, (), (), suffix, ())
    whole = tuple(s for chunk, part in parts if not _is_initial(chunk) for s in _sounds(part, tables))
    first_chunk, first = parts[0]
    if len(first) == 1 and first[0] in tables.family_first and 2 <= len(parts) <= 3:
        return PersonName("", first[0][:1], False, (), _sounds(first, tables), suffix, whole, family_first=True)
    particle_first = first[0] in tables.strong or (
        first[0] in tables.weak and (len(first) > 1 or first_chunk.islower() or len(first[0]) < 2)
    )
    if len(parts) == 1 or particle_first:
        return PersonName("", "", False, (), whole, suffix, whole)
    start = next((i for i in range(1, len(parts)) if _opens_family(parts[i][1], tables)), len(parts) - 1)
    family = tuple(s for _, part in parts[start:] for s in _sounds(part, tables))
    middle = tuple(s for chunk, part in parts[1:start] if not _is_initial(chunk) for s in _sounds(part, tables))
    initials = _is_initial(first_chunk)
    given = first[0][:1] if initials else _given(first, tables)
    if not initials:
        whole = (given, *(s for chunk, part in parts[1:] if not _is_initial(chunk) for s in _sounds(part, tables)))
    arabic = given in tables.arabic or given.startswith("Abd")
    return PersonName(given, first[0][:1], initials, middle, family, suffix, whole, arabic=arabic)


def _merged(chunks: list[tuple[str, tuple[str, ...]]], tables: _Tables) -> list[tuple[str, tuple[str, ...]]]:
    """Chunks with letters; "Abdel Fattah" and "Jean Luc" made one chunk each."""
    parts = [(chunk, part) for chunk, part in chunks if part]
    merged: list[tuple[str, tuple[str, ...]]] = []
    position = 0
    while position < len(parts):
        chunk, part = parts[position]
        following = parts[position + 1] if position + 1 < len(parts) else None
        if part[0] in tables.servant_of and (len(part) > 1 or following):
            rest = part[1:]
            if not rest and following:
                rest = following[1]
                position += 1
            rest = tuple(word for word in rest if word not in tables.weak) or rest
            merged.append((chunk, ("abdel" + "".join(rest),)))
        elif position == 0 and part[0] in tables.doubling and len(part) == 1 and len(parts) > 2 and following:
            if _opens_family(following[1], tables) or _is_initial(following[0]):
                merged.append((chunk, part))
            else:
                merged.append((f"{chunk}-{following[0]}", part + following[1]))
                position += 1
        else:
            merged.append((chunk, part))
        position += 1
    return merged


def _opens_family(part: tuple[str, ...], tables: _Tables) -> bool:
    return part[0] in tables.strong or part[0] in tables.weak


def _is_initial(chunk: str) -> bool:
    return _INITIALS.fullmatch(chunk) is not None


def _sounds(part: tuple[str, ...], tables: _Tables) -> tuple[str, ...]:
    """Sounds of the words, without weak particles where anything else is left."""
    kept = [tables.forms.get(word, word) for word in part if word not in tables.weak]
    return tuple(sound_key(word) for word in kept)


def _given(part: tuple[str, ...], tables: _Tables) -> str:
    known = tables.classes.get(" ".join(part))
    if known:
        return known
    joined = "".join(part)
    if joined.startswith("abd"):
        return _sound_of_given(re.sub(r"^abd(?:ul|oul|al|el)", "abdel", joined))
    return "-".join(tables.classes.get(word) or _sound_of_given(word) for word in part)


def _sound_of_given(word: str) -> str:
    return sound_key(word, keep_final_e=True)


def same_person_name(left: PersonName, right: PersonName) -> bool:
    """Whether two names may be those of one person within one article.

    A bare family name fits every full name of that family; a caller who knows several must not use it to merge.
    Not the same: different suffixes (Louis XIV, Louis XV; Donald Trump, Donald Trump Jr.), different given names
    of one family name, different family names.
    """
    if not left.whole or not right.whole or left.suffix != right.suffix:
        return False
    if left.whole == right.whole or (
        len(left.whole) != len(right.whole) and _run_together(left) == _run_together(right)
    ):
        return True
    if left.bare != right.bare:
        bare, full = (left, right) if left.bare else (right, left)
        if full.family_first:
            return bare.family == full.family
        return bare.family in (full.family, full.whole[-len(bare.whole) :] if len(bare.whole) < len(full.whole) else ())
    if left.bare:
        return left.family == right.family
    if left.family_first or right.family_first:
        return sorted(left.whole) == sorted(right.whole)
    return _same_full_names(left, right)


def _run_together(name: PersonName) -> str:
    """All parts without hyphens and mute e: Frank-Walter Steinmeier, Frank Walter Steinmeier."""
    return "".join(name.whole).replace("-", "").replace("e", "")


def _same_full_names(left: PersonName, right: PersonName) -> bool:
    if left.middle and right.middle and not set(left.middle) & set(right.middle):
        return False
    loose = left.arabic or right.arabic
    if left.family == right.family or (loose and _one_vowel(left.family) == _one_vowel(right.family)):
        return _given_fits(left, right)
    if left.given != right.given or left.abbreviated:
        return sorted(left.whole) == sorted(right.whole)
    if _is_part_of(left, right) or _is_part_of(right, left):
        return True
    one, other = "".join(left.family), "".join(right.family)
    return min(len(one), len(other)) >= _MIN_FAMILY_TYPO and differ_by_one(one, other)


def _given_fits(left: PersonName, right: PersonName) -> bool:
    if left.given == right.given:
        return True
    if left.abbreviated or right.abbreviated:
        return left.initial == right.initial
    if left.whole[0] in right.middle or right.whole[0] in left.middle:
        return True  # Tayyip Erdogan, Recep Tayyip Erdogan
    one, other = left.given, right.given
    if one.startswith("given:") and other.startswith("given:"):
        return False
    return min(len(one), len(other)) >= _MIN_GIVEN_TYPO and differ_by_one(one, other)


def _is_part_of(short: PersonName, long: PersonName) -> bool:
    """A double family name and one half of it: Najat Belkacem, Najat Vallaud-Belkacem."""
    size = len(short.family)
    return 0 < size < len(long.family) and short.family in (long.family[:size], long.family[-size:])
