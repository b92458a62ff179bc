"""Quantities in an article: how many, of what, roughly or not, and whether the digits can be trusted.

What counts is a numeral with what it counts or measures ("deux armées", "12,5 %", "200 millions de dollars"),
or a bare numeral that is neither a date, a time, a year, an ordinal, a score, a label ("article 49") nor a
telephone number. Of a range ("entre 600 et 800 personnes") each end is a quantity, rough, with the same unit.
Rough markers ("plus de") are read, but are no part of the span. The word lists are data
(``language/<code>/quantities.toml``); a language without them gets digits only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from language.kept_columns import tokens_of
from language.numerals import Numeral, find_numerals
from language.quantity_words import QuantityWords, is_not_a_count, quantity_words, rough_around
from language.token_columns import TokenColumns
from language.units import Unit, find_unit
from schemas.claim import Quantity
from schemas.vocabulary import EntityLabel

_KEPT = "quantities"
"""Key in the Doc's own storage."""
_MODEL_WINS = frozenset({"DATE", "TIME", "PER", "LOC", "ORG", "EVENT", "PRODUCT"})


@dataclass(frozen=True, slots=True)
class QuantityMention:
    """One quantity; ``text[start:end] == quantity.surface``, in code points.

    Args:
        label: QUANTITY, MONEY (the unit is an ISO 4217 code) or PERCENT (the unit is "%").
    """

    start: int
    end: int
    label: EntityLabel
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class _Candidate:
    numeral: Numeral
    unit: Unit | None
    rough: bool


def find_quantities(text: str, doc: Doc) -> list[QuantityMention]:
    """The quantities of `text` in order, without overlaps.

    They are kept with `doc`: entities and claims of one article ask for the same.

    Args:
        text: the article's text; surfaces are cut from it.
        doc: the annotation of `text`. Its dates, times and names are no quantities, its tags find the unit.
    """
    if _KEPT not in doc.user_data:
        doc.user_data[_KEPT] = _find_quantities(text, doc)
    found: list[QuantityMention] = doc.user_data[_KEPT]
    return found


def _find_quantities(text: str, doc: Doc) -> list[QuantityMention]:
    tokens = tokens_of(text, doc)
    plain, words = tokens.plain, quantity_words(doc.lang_)
    written = find_numerals(plain, doc.lang_)
    telephone = _telephone_numbers(plain, written)
    numerals = list(_outside_entities(written, tokens))
    candidates = [
        _Candidate(n, find_unit(tokens, n, words), n.rough or rough_around(plain, n, words)) for n in numerals
    ]
    candidates = _share_units(plain, candidates, words)
    mentions: list[QuantityMention] = []
    for candidate in candidates:
        numeral, unit = candidate.numeral, candidate.unit
        if numeral in telephone or is_not_a_count(plain, numeral, unit is not None, candidate.rough, words):
            continue
        start = unit.start if unit and unit.start is not None else numeral.start
        end = max(numeral.end, unit.end) if unit else numeral.end
        quantity = Quantity(
            text[start:end], numeral.value, unit.name if unit else None, candidate.rough, numeral.reliable
        )
        if not mentions or mentions[-1].end <= start:
            mentions.append(QuantityMention(start, end, unit.label if unit else EntityLabel.QUANTITY, quantity))
    return mentions


def _outside_entities(numerals: list[Numeral], tokens: TokenColumns) -> Iterator[Numeral]:
    """Those that overlap no name, date or time of the model; both lists are sorted, one pass."""
    starts, ends = tokens.starts, tokens.ends
    spans = [(starts[first], ends[last - 1]) for first, last, label in tokens.entities() if label in _MODEL_WINS]
    position = 0
    for numeral in numerals:
        while position < len(spans) and spans[position][1] <= numeral.start:
            position += 1
        if position == len(spans) or numeral.end <= spans[position][0]:
            yield numeral


def _share_units(plain: str, candidates: list[_Candidate], words: QuantityWords) -> list[_Candidate]:
    """Give the first of "600 à 800 personnes" the unit (and the "millions") of the second."""
    shared = list(candidates)
    for index in range(len(shared) - 1, 0, -1):
        left, right = shared[index - 1], shared[index]
        joint = plain[left.numeral.end : right.numeral.start].strip().lower()
        if left.unit is not None or right.unit is None or joint not in words.range_joints:
            continue
        if "\n" in plain[left.numeral.end : right.numeral.start] or not left.numeral.reliable:
            continue
        low, high = left.numeral, right.numeral
        if low.value is not None and high.factor > 1 and low.factor == 1:
            low = replace(low, value=low.value * high.factor, grouped=True)
        if low.value is not None and high.value is not None and _short_for_thousands(low, high):
            low = replace(low, value=low.value * 1000)
        if low.value is None or high.value is None or (joint not in words.additive_joints and low.value >= high.value):
            continue
        exact = joint in words.additive_joints and not words.opens_range(plain, low.start)
        exact = exact or words.changes_before(plain, low.start)
        unit = replace(right.unit, start=None, end=low.end)
        shared[index - 1] = _Candidate(low, unit, left.rough or not exact)
        shared[index] = replace(right, rough=right.rough or not exact)
    return shared


def _short_for_thousands(low: Numeral, high: Numeral) -> bool:
    """ "10 à 20 000" means ten thousand to twenty thousand."""
    if low.value is None or high.value is None or low.grouped or high.factor > 1:
        return False
    return high.value % 1000 == 0 and 0 < low.value * 1000 < high.value


def _telephone_numbers(plain: str, numerals: list[Numeral]) -> frozenset[Numeral]:
    """Numerals in rows of four and more with only a space between: telephone and account numbers, tables."""
    rows: list[list[Numeral]] = []
    for numeral in numerals:
        if rows and numeral.digits and plain[rows[-1][-1].end : numeral.start] == " ":
            rows[-1].append(numeral)
        else:
            rows.append([numeral])
    return frozenset(numeral for row in rows if len(row) >= 4 for numeral in row)
