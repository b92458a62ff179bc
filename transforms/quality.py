"""Quality flags of a text: what a careful reader should know, each with stated evidence."""

import re
from collections.abc import Iterable

from schemas.article import Edit
from schemas.vocabulary import EditRule, QualityFlag
from transforms.fingerprints import word_count
from transforms.json_ld import text as text_of
from transforms.page import Page

_THOUSANDS = r"\d{1,3}(?:[.,\u00a0\u202f]\d{3})+"
_NUMBER_ARTIFACT = re.compile(rf"\bXNUMX\b|(?<![\d.,]){_THOUSANDS} {_THOUSANDS}(?![\d.,]\d)")
"""The place-holder that a translation service left for digits, or a number with thousands, written twice."""
_TWO_NUMBERS = re.compile(r"\d{3} \d")

_TRANSLATION_NOTICE = re.compile(
    r"\b(?:traduit|traduite|traduction) (?:automatiquement|automatique|par (?:une machine|google|deepl|l'ia))|"
    r"\b(?:machine|automatically|auto)[- ]translated\b|\btranslated (?:automatically|by (?:google|deepl|ai|a machine))|"
    r"\b(?:maschinell|automatisch) übersetzt|\btraducido autom[áa]ticamente|\btraduzido automaticamente|"
    r"\btradotto automaticamente",
    re.I,
)
_BREAKS_OFF = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\(\.\.\.\))\s*(?:lire la suite|read more|continue reading|weiterlesen|leer más)?\s*[»>→]*\s*$",
    re.I,
)
_INCHES = re.compile(r'\d"')
_GUILLEMETS = re.compile("[«»]")
MAX_TEASER_WORDS = 200
MIN_FREE_SHARE = 0.6
_FALSE = frozenset({"false", "no", "0", "http://schema.org/false", "https://schema.org/false"})
_CLOSED_TIERS = frozenset({"locked", "paid", "premium"})
_OPENING_PARAGRAPH = ("«", "“", "„", '"', "”", "»")


def flag_text(text: str, edits: Iterable[Edit]) -> set[QualityFlag]:
    """The flags that a cleaned text and its edits give by themselves."""
    flags = set()
    if ("XNUMX" in text or _TWO_NUMBERS.search(text)) and _NUMBER_ARTIFACT.search(text):
        flags.add(QualityFlag.NUMBER_ARTIFACT)
    if "XNUMX" in text or (_mentions_translation(text) and _TRANSLATION_NOTICE.search(text)):
        flags.add(QualityFlag.MACHINE_TRANSLATED)
    if _BREAKS_OFF.search(text):
        flags.add(QualityFlag.TRUNCATED)
    if has_unbalanced_quotes(text):
        flags.add(QualityFlag.UNCLOSED_QUOTE)
    rules = {edit.rule for edit in edits}
    if rules & {EditRule.CAPTION, EditRule.CREDIT}:
        flags.add(QualityFlag.CAPTIONS_REMOVED)
    if EditRule.CONTROL_CHARACTERS in rules:
        flags.add(QualityFlag.ENCODING_REPAIRED)
    return flags


def _mentions_translation(text: str) -> bool:
    """A quick look before the regular expression."""
    lower = text.lower()
    return any(word in lower for word in ("tradu", "tradott", "translated", "übersetzt"))


def is_paywalled_stub(page: Page, article: str) -> bool:
    """Whether a page that says it is not free holds a part of its article only: less than 60 % of the words it
    states, or, where it states none, no more than a teaser. Many paid pages hold all of their text."""
    free = page.article.get("isAccessibleForFree")
    closed = (
        str(free).lower() in _FALSE if free is not None else page.first_meta("article:content_tier") in _CLOSED_TIERS
    )
    if not closed:
        return False
    words = word_count(article)
    stated = text_of(page.article, "wordCount")
    if stated and stated.isdecimal() and int(stated) >= MAX_TEASER_WORDS:
        return words < MIN_FREE_SHARE * int(stated)
    return words <= MAX_TEASER_WORDS


def has_unbalanced_quotes(text: str) -> bool:
    """Whether some double quotation mark has no partner.

    A quotation over several paragraphs repeats its opening mark at each and closes once: an open one is
    carried on if the next paragraph begins with a mark. Single marks are left alone: they are apostrophes.
    """
    paragraphs = [p for p in text.split("\n") if p.strip()]
    carried = False
    for paragraph in paragraphs:
        stripped = paragraph.strip().removeprefix("» ")  # a list's arrow
        if carried and not stripped.startswith(_OPENING_PARAGRAPH):
            return True
        opened = _open_at_end(stripped)
        if opened is None:
            return True
        carried = opened
    return carried


def _open_at_end(paragraph: str) -> bool | None:
    """Whether a quotation is open at the end of the paragraph; None if one is closed that was never opened.

    Guillemets nest; the curly and straight marks toggle, since languages use the same sign on either side
    („…“ and “…”).
    """
    straight = paragraph.count('"')
    if straight % 2 and (straight - len(_INCHES.findall(paragraph))) % 2:
        return True if straight == 1 and paragraph.startswith('"') else None
    curly = sum(paragraph.count(mark) for mark in "“”„‟")
    depth = 0
    outward = _points_outward(paragraph)
    for mark in _GUILLEMETS.findall(paragraph):
        depth += 1 if (mark == "«") == outward else -1
        if depth < 0:
            return None
    return depth > 0 or curly % 2 == 1


def _points_outward(paragraph: str) -> bool:
    """« … » as in French; False for » … « as in German books."""
    mark = _GUILLEMETS.search(paragraph)
    if mark is None or mark.group() == "«":
        return True
    first = mark.start()
    following = paragraph[first + 1 : first + 2]
    return not (following.isalnum() and (first == 0 or not paragraph[first - 1].isalnum()) and "«" in paragraph[first:])
