"""The lead of an article where extraction left it out: the summary between headline and body."""

import re
from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement

MIN_LEAD_CHARS = 40
MAX_LEAD_CHARS = 900
_MIN_SHARE = 0.6
_OPENING_CHARS = 24
_FIRST_CHARS = 10
_WORD = re.compile(r"\w+")
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|standfirst|chapo|chapeau|dek|sub-?headline|sub-?heading|subtitle|summary|abstract|intro|"
    r"introduction|preamble|ingress|entradilla|sommario|sottotitolo|underrubrik|vorspann|excerpt|epigraph|kicker-text)"
    r"(?:$|[\s_-]|text)",
    re.I,
)
_ELSEWHERE = ("aside", "nav", "footer", "figure", "form", "table", "ul", "ol")


def find_lead(tree: HtmlElement, descriptions: Iterable[str], title: str | None) -> str | None:
    """The lead as the page shows it, or None.

    It is an element whose words are the publisher's own description of the article, else the first one after
    the headline that is named like a lead.
    """
    wanted = [words for d in descriptions if len(d) >= MIN_LEAD_CHARS and (words := _folded(d))]
    openings = tuple({words[:_FIRST_CHARS] for words in wanted})
    for element in tree.iter("p", "h2", "h3", "h4", "div", "span", "strong", "b") if openings else ():
        beginning = element.text
        if not beginning or beginning.isspace():  # as most have
            continue
        if _folded(beginning[: 2 * _OPENING_CHARS]).startswith(openings):
            shown = " ".join(element.text_content().split())
            if _is_lead_text(shown) and any(_same(_folded(shown), w) for w in wanted) and not _elsewhere(element):
                return shown
    return next(_named_leads(tree, title), None)


def _named_leads(tree: HtmlElement, title: str | None) -> Iterator[str]:
    heading = _headline(tree, title)
    if heading is None:
        return
    seen_body_chars = 0
    for element in heading.xpath(
        "following::*[self::p or self::div or self::h2 or self::section or self::span][position() <= 60]"
    ):
        name = element.get("class") or element.get("itemprop") or ""
        shown = " ".join(element.text_content().split()) if len(element) < 8 else ""
        if name and (_NAMED.search(name) or name == "description") and _is_lead_text(shown) and not _elsewhere(element):
            yield shown
            return
        if element.tag == "p":
            seen_body_chars += len(shown)
            if seen_body_chars > MAX_LEAD_CHARS:
                return


def _headline(tree: HtmlElement, title: str | None) -> HtmlElement | None:
    wanted = _folded(title or "")
    found = [h for h in tree.iter("h1", "h2") if wanted and wanted in _folded(h.text_content())]
    return found[0] if found else next(tree.iter("h1"), None)


def _is_lead_text(shown: str) -> bool:
    return MIN_LEAD_CHARS <= len(shown) <= MAX_LEAD_CHARS


def _same(shown: str, description: str) -> bool:
    """Equal, or one cut short by the other's limit of length."""
    shorter, longer = sorted((shown, description), key=len)
    return longer.startswith(shorter) and len(shorter) >= _MIN_SHARE * len(longer)


def _elsewhere(element: HtmlElement) -> bool:
    return next(element.iterancestors(*_ELSEWHERE), None) is not None


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def missing_from(text: str, lead: str) -> bool:
    """Whether no part of `text` near its beginning says what `lead` says."""
    return _folded(lead)[: 2 * _OPENING_CHARS] not in _folded(text[: 4 * MAX_LEAD_CHARS + len(lead)])
