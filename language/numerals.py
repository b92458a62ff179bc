"""Numerals in running text: digits and number words, their value, and whether it can be trusted.

Works on analysis text (one kind of space and apostrophe). Time is linear in the length of the text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from language.data_files import load_table

MAX_DIGITS = 15
"""Beyond it a float cannot hold the number exactly, and it is an account number or an address."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as written, without its unit.

    Args:
        start, end: code points, half-open.
        value: None where the text leaves it open ("des milliers") or has destroyed it.
        rough: the numeral itself is a rough one ("une centaine", "des milliers").
        reliable: False where digits were destroyed.
        noun: it ends in a noun ("millions", "centaine"), so what is counted follows with "de".
        digits: it begins with a digit as opposed to a word.
        grouped: it has separators of thousands or a decimal part, or it is a noun: no year, no label.
        parts: of how many words it is made.
        factor: what the noun multiplies by ("deux millions": 1e6).
    """

    start: int
    end: int
    value: float | None
    rough: bool = False
    reliable: bool = True
    noun: bool = False
    digits: bool = True
    grouped: bool = False
    parts: int = 1
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class _Patterns:
    atom: re.Pattern[str]
    magnitude: re.Pattern[str]
    half: re.Pattern[str]
    words: Mapping[str, float]
    magnitudes: Mapping[str, float]
    collectives: Mapping[str, float]
    counts: Mapping[str, float | str]


def _alternatives(words: Iterator[str] | list[str]) -> str:
    """A regular expression for any of `words`, the longest first; one that never matches if there are none."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w))) or r"(?!)"


@lru_cache(maxsize=16)
def _patterns(language: str) -> _Patterns:
    table = load_table(language, "quantities")
    words, magnitudes, collectives, counts = (
        table.get(name, {}) for name in ("words", "magnitudes", "collectives", "counts")
    )
    word = _alternatives(list(words))
    noun = _alternatives([*magnitudes, *collectives])
    open_counts = [count for count, value in counts.items() if value == ""]
    destroyed = table.get("digits_destroyed", [])
    first_letters = "".join(sorted({re.escape(w[0]) for w in (*words, *counts, *destroyed)}))
    # Every repetition is bounded or followed by something it cannot contain: no backtracking at a distance.
    # The first line says nothing that the others do not: it keeps them from being tried at each letter of a text.
    atom = rf"""
    (?<!\w)(?=[-\d{first_letters}])(?:
        (?P<destroyed>(?<!\w)(?:{_alternatives(list(destroyed))})(?!\w))
      | (?P<digits>(?<![\w])-?(?:
            \d{{1,3}}(?:(?P<group>[ .'])\d{{3}}(?!\d))(?:(?P=group)\d{{3}}(?!\d))*(?:,\d+)?
          | \d+(?:[.,]\d+)*))
      | (?P<noun>(?<![\w-])(?:(?P<count>{_alternatives(list(counts))})[ ](?P<collective>{_alternatives(list(collectives))})
          |(?P<open>{_alternatives(open_counts)})[ ](?P<many>{noun}))(?![\w-]))
      | (?P<words>(?<![\w-])(?:{word})(?:(?:[ -]et[ -]|[ -])(?:{word})){{0,14}}(?![\w-]))
    )"""
    return _Patterns(
        atom=re.compile(atom, re.VERBOSE | re.IGNORECASE),
        magnitude=re.compile(rf"[ ](?:de[ ]|d')?(?P<noun>{noun})(?![\w-])", re.IGNORECASE),
        half=re.compile(rf"[ ](?:{_alternatives(table.get('halves', []))})(?!\w)", re.IGNORECASE),
        words=words,
        magnitudes=magnitudes,
        collectives=collectives,
        counts=counts,
    )


def find_numerals(text: str, language: str = "fr") -> list[Numeral]:
    """Every numeral of `text` in order, without overlaps; neighbours that cannot be one number are marked unreliable.

    "40.000 15.000" and "100 XNUMX" are one numeral each, value None: digits were lost there, and which number
    was meant cannot be known.
    """
    patterns = _patterns(language)
    found: list[Numeral] = []
    end = 0
    for match in patterns.atom.finditer(text):
        if match.start() < end:
            continue
        numeral = _numeral(text, match, patterns)
        if numeral is None:
            continue
        if found and _broken_in_two(text, found[-1], numeral):
            numeral = Numeral(found.pop().start, numeral.end, None, reliable=False, noun=numeral.noun, grouped=True)
        found.append(numeral)
        end = numeral.end
    return found


def _broken_in_two(text: str, left: Numeral, right: Numeral) -> bool:
    """Two numerals with nothing but a space between that can only be the remains of one."""
    if text[left.end : right.start] != " " or not (left.digits and right.digits) or left.noun:
        return False
    return not (left.reliable and right.reliable) or (left.grouped and right.grouped)


def _numeral(text: str, match: re.Match[str], patterns: _Patterns) -> Numeral | None:
    start, end = match.span()
    if match["destroyed"]:
        return _with_magnitude(text, Numeral(start, end, None, reliable=False, grouped=True), patterns)
    if match["noun"]:
        count = patterns.counts.get((match["count"] or match["open"]).lower(), "")
        noun = (match["collective"] or match["many"]).lower()
        known = patterns.collectives.get(noun) or patterns.magnitudes.get(noun)
        if known is None:
            return None
        value = float(count * known) if isinstance(count, (int, float)) else None
        rough = value is None or noun in patterns.collectives
        return _with_magnitude(
            text,
            Numeral(start, end, value, rough, noun=True, digits=False, grouped=True, factor=float(known)),
            patterns,
        )
    if match["words"]:
        parts = [part for part in re.split("[ -]", match["words"].lower()) if part != "et"]
        value = words_value(parts, patterns.words)
        if value is None:
            return None
        factor = patterns.magnitudes.get(parts[-1], 1.0)
        return _with_magnitude(
            text,
            Numeral(start, end, value, noun=factor > 1, digits=False, parts=len(parts), factor=factor),
            patterns,
        )
    written = match["digits"]
    value = digits_value(written)
    if value is None:
        return None
    grouped = not written.lstrip("-").isdigit()
    return _with_magnitude(text, Numeral(start, end, value, grouped=grouped), patterns)


def _with_magnitude(text: str, numeral: Numeral, patterns: _Patterns) -> Numeral:
    """`numeral` with the "millions", "de milliers" or "et demi" behind it."""
    if match := patterns.magnitude.match(text, numeral.end):
        noun = match["noun"].lower()
        factor = patterns.collectives.get(noun) or patterns.magnitudes.get(noun)
        if factor is None:  # a look-alike in another case, "MİLLİONS"
            return numeral
        numeral = replace(
            numeral,
            end=match.end(),
            value=None if numeral.value is None else float(numeral.value * factor),
            rough=numeral.rough or noun in patterns.collectives,
            noun=True,
            grouped=True,
            parts=numeral.parts + 1,
            factor=float(factor),
        )
    if numeral.factor > 1 and (match := patterns.half.match(text, numeral.end)):
        value = None if numeral.value is None else numeral.value + numeral.factor / 2
        numeral = replace(numeral, end=match.end(), value=value)
    return numeral


def digits_value(written: str) -> float | None:
    """The value of digits as French and translated news write them, or None for what is no number.

    "40.000", "40 000" and "40'000" are forty thousand, "12,5" and "3.5" have decimals; "40,000" is read the
    English way, for nobody writes three zeros behind a decimal comma.
    """
    digits = written.replace(" ", "").replace("'", "")
    if sum(c.isdecimal() for c in digits) > MAX_DIGITS:
        return None
    sign = -1.0 if digits.startswith("-") else 1.0
    digits = digits.lstrip("-")
    if re.fullmatch(r"\d+", digits):
        return sign * float(digits)
    if re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", digits):
        return sign * float(digits.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})*,000|[1-9]\d{0,2}(?:,\d{3}){2,}", digits):
        return sign * float(digits.replace(",", ""))
    if re.fullmatch(r"\d+[.,]\d+", digits):
        return sign * float(digits.replace(",", "."))
    return None


def words_value(parts: list[str], values: Mapping[str, float]) -> float | None:
    """The value of number words ("quatre", "vingt", "dix", "sept"), or None where they do not form a number."""
    total, current = 0.0, 0.0
    for position, part in enumerate(parts):
        value = values.get(part)
        if value is None:
            return None
        if value >= 1000:
            if value >= 1e6:
                total, current = (total + current or 1.0) * value, 0.0
            else:
                total, current = total + (current or 1.0) * value, 0.0
        elif value == 100:
            if current >= 10:
                return None
            current = (current or 1.0) * 100
        elif value == 20 and current % 100 == 4 and parts[position - 1] == "quatre":
            current += 76
        elif _fits(current % 100, values[parts[position - 1]] if position else 0, value):
            current += value
        else:
            return None
    return total + current


def _fits(below_hundred: float, previous: float, value: float) -> bool:
    """Whether `value` may follow `previous`: "vingt deux", "soixante dix", "quatre-vingt dix", never "deux trois"."""
    if below_hundred == 0:
        return True
    if previous == 10:  # dix-sept, soixante-dix-sept
        return 7 <= value <= 9
    if below_hundred in (60, 80):
        return 0 < value < 20
    return below_hundred >= 20 and below_hundred % 10 == 0 and 0 < value < 10
