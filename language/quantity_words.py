"""What stands around a numeral: rough markers, and the signs that it counts nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from language.data_files import load_table
from language.numerals import Numeral

WINDOW = 40
"""Code points looked at on each side of a numeral; the longest rough marker has 23."""
MAX_NUMERAL_CHARS = 100
"""A longer row of digits or number words is a table or noise."""

_WORD_BEFORE = re.compile(r"([^\W\d_]+|n°)['’ ]*$")
_WORD_AFTER = re.compile(r"[ ]*([^\W\d_]+)")
_NAME_BEFORE = re.compile(r"(?<=[^\W\d_] )[A-ZÀ-Þ][^\W\d_]+ $")
"""A capitalised word that begins no sentence: "la loi Sapin 2", "la mission Apollo 11"."""
_LIST_NUMBER = re.compile(r"[.)](?:\s|$)")
_YEARS = range(1000, 2101)
_DAYS_IN_MONTH = 31


@dataclass(frozen=True, slots=True)
class QuantityWords:
    """The word lists of one language; ``language/fr/quantities.toml`` says what each is."""

    never_a_count: frozenset[str]
    before_a_label: frozenset[str]
    before_a_year: frozenset[str]
    calendar: frozenset[str]
    before_a_clock: frozenset[str]
    never_a_unit: frozenset[str]
    before_a_unit: frozenset[str]
    range_openers: frozenset[str]
    range_joints: frozenset[str]
    additive_joints: frozenset[str]
    rough_before: re.Pattern[str]
    rough_after: re.Pattern[str]
    change: re.Pattern[str]
    clock: re.Pattern[str]
    ordinal: re.Pattern[str]
    percent: re.Pattern[str]
    currency: re.Pattern[str]
    currency_before: re.Pattern[str]
    measure: re.Pattern[str]
    currencies: dict[str, str]
    measures: dict[str, str]

    def opens_range(self, plain: str, start: int) -> bool:
        """Whether "entre" stands before `start`."""
        return last_word(plain[max(0, start - WINDOW) : start]) in self.range_openers

    def changes_before(self, plain: str, start: int) -> bool:
        """Whether a verb of change stands shortly before `start`, as in "passer de 35 à 105"."""
        return self.change.search(plain[max(0, start - WINDOW) : start]) is not None


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, the longest first; one that never matches if there are none."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) or r"(?!)"


@lru_cache(maxsize=16)
def quantity_words(language: str) -> QuantityWords:
    """The word lists of `language` (ISO 639-1); empty ones where it has no file."""
    table = load_table(language, "quantities")

    def words(name: str) -> frozenset[str]:
        return frozenset(table.get(name, ()))

    currencies = {name.lower(): code for name, code in table.get("currencies", {}).items()}
    signs = [name for name in currencies if not name[-1].isalpha()]
    measures = table.get("measures", {})
    ignore = re.IGNORECASE
    return QuantityWords(
        never_a_count=words("never_a_count"),
        before_a_label=words("before_a_label"),
        before_a_year=words("before_a_year"),
        calendar=words("calendar"),
        before_a_clock=words("before_a_clock"),
        never_a_unit=words("never_a_unit"),
        before_a_unit=words("before_a_unit"),
        range_openers=words("range_openers"),
        range_joints=words("range_joints"),
        additive_joints=words("additive_joints"),
        rough_before=re.compile(
            rf"(?<!\w)(?:{any_of(words('rough_before'))}) ?(?:(?:les|des|ses|ces|de) |l')?[$€£]?$", ignore
        ),
        rough_after=re.compile(rf" (?:{any_of(words('rough_after'))})(?!\w)", ignore),
        change=re.compile(rf"(?<!\w)(?:{any_of(words('change_stems'))})", ignore),
        clock=re.compile(rf" ?(?:{any_of(words('clock'))})(?![^\W\d])", ignore),
        ordinal=re.compile(rf" ?(?:{any_of(words('ordinal_suffixes'))})(?!\w)", ignore),
        percent=re.compile(rf" ?(?:{any_of(words('percent'))})(?!\w)", ignore),
        currency=re.compile(rf" ?(?:de |d')?(?P<name>{any_of(currencies)})(?!\w)", ignore),
        currency_before=re.compile(rf"(?P<name>{any_of(signs)}) ?$", ignore),
        measure=re.compile(rf" ?(?:de )?(?P<name>{any_of(measures)})(?![\w/])"),
        currencies=currencies,
        measures=measures,
    )


def rough_around(plain: str, numeral: Numeral, words: QuantityWords) -> bool:
    """Whether a word beside the numeral says that it is a rough figure ("environ", "plus de")."""
    before = plain[max(0, numeral.start - WINDOW) : numeral.start]
    return words.rough_before.search(before) is not None


def is_not_a_count(plain: str, numeral: Numeral, has_unit: bool, rough: bool, words: QuantityWords) -> bool:
    """Whether the numeral is a date, time, year, ordinal, score, label, list number or part of a name."""
    if numeral.end - numeral.start > MAX_NUMERAL_CHARS:
        return True
    surface = plain[numeral.start : numeral.end].lower()
    if not numeral.digits:
        return surface in words.never_a_count or not (has_unit or numeral.noun or rough or numeral.parts > 1)
    if not numeral.reliable:
        return False
    before = plain[max(0, numeral.start - WINDOW) : numeral.start]
    after = plain[numeral.end : numeral.end + WINDOW]
    word_before = last_word(before)
    if _glued(before, after, has_unit) or words.ordinal.match(after):
        return True
    if words.clock.match(after) and (word_before in words.before_a_clock or not after.startswith(" ")):
        return True
    if numeral.grouped:
        return False
    value = numeral.value or 0.0
    if not has_unit and (word_before in words.before_a_label or _NAME_BEFORE.search(before)):
        return True
    next_word = _WORD_AFTER.match(after)
    if next_word and next_word[1].lower() in words.calendar:
        return True
    if 0 < value <= _DAYS_IN_MONTH and word_before in words.calendar:
        return True
    if value in _YEARS and len(surface) == 4 and not has_unit:
        return True
    if value in _YEARS and len(surface) == 4 and word_before in words.before_a_year:
        return True
    return not has_unit and _LIST_NUMBER.match(after) is not None and before.rpartition("\n")[2].strip() == ""


def last_word(before: str) -> str:
    """The last word of `before` in lower case, with only spaces or an apostrophe behind it; else an empty string."""
    match = _WORD_BEFORE.search(before)
    return match[1].lower() if match else ""


def _glued(before: str, after: str, has_unit: bool) -> bool:
    """Whether the digits are part of something longer: "F-16", "20:30", "12/03", "82nd", "2-1", "[3]", "G-20"."""
    left, right = before[-1:], after[:1]
    if left in ("/", ":", "#", "@", "_", ".", ",", "+") or (left == "-" and not before[-2:-1].isdigit()):
        return True
    if left == "-" and not has_unit:
        return True
    if left == "[" and right == "]":
        return True
    if right in ("/", ":", "-") and after[1:2].isalnum() and not has_unit:
        return True
    return (right.isalpha() or right == "_") and not has_unit
