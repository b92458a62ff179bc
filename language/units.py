"""What a numeral counts or measures: per cent, money, a measure, or the noun that follows."""

from bisect import bisect_left
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from language.numerals import Numeral
from language.quantity_words import QuantityWords
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


def find_unit(plain: str, numeral: Numeral, doc: Doc, words: QuantityWords) -> Unit | None:
    """The unit beside `numeral`, or None.

    Args:
        plain: the analysis text, i.e. the Doc's own text.
    """
    end = numeral.end
    if match := words.percent.match(plain, end):
        return Unit(_PERCENT, EntityLabel.PERCENT, match.end())
    if match := words.currency.match(plain, end):
        return Unit(words.currencies[match["name"].lower()], EntityLabel.MONEY, match.end())
    window_start = max(0, numeral.start - 4)
    if match := words.currency_before.search(plain, window_start, numeral.start):
        return Unit(words.currencies[match["name"].lower()], EntityLabel.MONEY, end, match.start())
    if numeral.digits and (match := words.measure.match(plain, end)):
        return Unit(words.measures[match["name"]], EntityLabel.QUANTITY, match.end())
    return _counted_noun(plain, numeral, doc, words)


def _counted_noun(plain: str, numeral: Numeral, doc: Doc, words: QuantityWords) -> Unit | None:
    at = numeral.end
    if plain[at : at + 1] != " ":
        return None
    at += 1
    if numeral.noun:
        joint = next((joint for joint in ("de ", "d'") if plain.startswith(joint, at)), "")
        if not joint:
            return None
        at += len(joint)
    fallback: Token | None = None
    index = _token_at(doc, at)
    for token in doc[index : index + MAX_WORDS_TO_NOUN] if index is not None else ():
        if token.ent_type_ or not token.text[:1].isalpha() or token.lower_ in words.never_a_unit:
            break
        if token.lower_ in words.before_a_unit:
            continue
        if token.pos_ == "NOUN" or (token.pos_ == "PROPN" and fallback is None and token.text.endswith("s")):
            return _noun_unit(token)
        if token.pos_ not in ("ADJ", "VERB"):
            break
        if fallback is None and token.text.endswith("s"):
            fallback = token  # "37 morts et 150 disparus": an adjective used as a noun
        if token.pos_ == "VERB":
            break
    if fallback is None:
        return None
    return _noun_unit(fallback)


def _noun_unit(token: Token) -> Unit:
    lemma = token.lemma_.lower()
    if token.pos_ == "PROPN" and lemma == token.lower_:
        lemma = lemma.removesuffix("s")  # "44 Russes": the lemmatizer leaves names as they are
    return Unit(lemma, EntityLabel.QUANTITY, token.idx + len(token))


def _token_at(doc: Doc, offset: int) -> int | None:
    """Index of the token that starts at `offset`, by bisection."""
    index = bisect_left(range(len(doc)), offset, key=lambda i: doc[i].idx)
    return index if index < len(doc) and doc[index].idx == offset else None
