"""What a numeral counts or measures: per cent, money, a measure, or the noun that follows."""

from dataclasses import dataclass

from language.numerals import Numeral
from language.quantity_words import QuantityWords
from language.token_columns import TokenColumns
from schemas.vocabulary import EntityLabel

MAX_WORDS_TO_NOUN = 3
"""How many words may stand before the noun: "deux autres grandes villes"."""

_PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a numeral.

    Args:
        name: "%", an ISO 4217 code, a measure's name, or the counted noun's lemma in lower case.
        end: where the unit ends, in code points.
        start: where a sign before the number begins ("$200"), else None.
    """

    name: str
    label: EntityLabel
    end: int
    start: int | None = None


def find_unit(tokens: TokenColumns, numeral: Numeral, words: QuantityWords) -> Unit | None:
    """The unit beside `numeral`, which is of the analysis text of `tokens`, or None."""
    plain, end = tokens.plain, numeral.end
    if match := words.percent.match(plain, end):
        return Unit(_PERCENT, EntityLabel.PERCENT, match.end())
    if match := words.currency.match(plain, end):
        return Unit(words.currencies[match["name"].lower()], EntityLabel.MONEY, match.end())
    window_start = max(0, numeral.start - 4)
    if match := words.currency_before.search(plain, window_start, numeral.start):
        return Unit(words.currencies[match["name"].lower()], EntityLabel.MONEY, end, match.start())
    if numeral.digits and (match := words.measure.match(plain, end)):
        return Unit(words.measures[match["name"]], EntityLabel.QUANTITY, match.end())
    return _counted_noun(tokens, numeral, words)


def _counted_noun(tokens: TokenColumns, numeral: Numeral, words: QuantityWords) -> Unit | None:
    plain, at = tokens.plain, numeral.end
    if plain[at : at + 1] != " ":
        return None
    at += 1
    if numeral.noun:
        joint = next((joint for joint in ("de ", "d'") if plain.startswith(joint, at)), "")
        if not joint:
            return None
        at += len(joint)
    fallback: int | None = None
    first = tokens.token_before(at)
    if first == len(tokens.starts) or tokens.starts[first] != at:
        return None
    for index in range(first, min(first + MAX_WORDS_TO_NOUN, len(tokens.lower))):
        word, tag = tokens.lower[index], tokens.pos[index]
        if tokens.ent_type[index] or not plain[tokens.starts[index]].isalpha() or word in words.never_a_unit:
            break
        if word in words.before_a_unit:
            continue
        plural = plain[tokens.ends[index] - 1] == "s"
        if tag == "NOUN" or (tag == "PROPN" and fallback is None and plural):
            return _noun_unit(tokens, index)
        if tag not in ("ADJ", "VERB"):
            break
        if fallback is None and plural:
            fallback = index  # "37 morts et 150 disparus": an adjective used as a noun
        if tag == "VERB":
            break
    if fallback is None:
        return None
    return _noun_unit(tokens, fallback)


def _noun_unit(tokens: TokenColumns, index: int) -> Unit:
    lemma = tokens.lemma(index).lower()
    if tokens.pos[index] == "PROPN" and lemma == tokens.lower[index]:
        lemma = lemma.removesuffix("s")  # "44 Russes": the lemmatizer leaves names as they are
    return Unit(lemma, EntityLabel.QUANTITY, tokens.ends[index])
