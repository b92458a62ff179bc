"""The text of a page's article: pruned, extracted by trafilatura, written as readable lines."""

import re
from collections.abc import Iterator
from copy import deepcopy
from html import unescape

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from schemas.vocabulary import Reason
from transforms.characters import without_surrogates
from transforms.json_ld import texts
from transforms.lead import find_lead, missing_from
from transforms.page import Page
from transforms.page_pruning import prune
from transforms.rejects import RejectedError

MIN_UNDECLARED_CHARS = 120
"""A page that does not call itself an article needs so much text to be one: error pages and menus have less."""
MIN_SURE_CHARS = 600
MIN_SURE_SHARE = 0.6
"""Where trafilatura's own rules find less than this, or less than this share of the page's paragraphs, its slower
comparison decides: of 89 publisher pages it changed three, all far below both."""
MIN_STATED_CHARS = 600
MIN_STATED_SHARE = 0.5
"""Where extraction finds less than this share of the text that the page states as its own, that text is taken:
it has fewer subheadings and lists, so it is the second choice."""
_PARAGRAPH_TAG = re.compile(r"</?(?:p|br|div|h\d|li)\b[^<>]{0,300}>", re.I)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")


def extract_body(page: Page, title: str | None) -> str:
    """Lead, paragraphs, subheadings, lists and tables of the article, an empty line between blocks.

    Items of a list and rows of a table are lines ("- item", "cell | cell"). Changes the page's tree: call it
    last.

    Raises:
        RejectedError: NO_ARTICLE if there is no text in the page.
    """
    for reading in list(page.tree.iter("rt", "rp")):  # how a Japanese word is read, not what it says
        reading.drop_tree()
    lead = find_lead(page.tree, _descriptions(page), title)
    prune(page.tree, title)
    text = _extracted(page.tree)
    stated = stated_body(page)
    if len(stated) >= MIN_STATED_CHARS and len(text) < len(stated) * MIN_STATED_SHARE:
        text = stated
    if not text:
        raise RejectedError(Reason.NO_ARTICLE, "no article text was found in the page")
    if len(text) < MIN_UNDECLARED_CHARS and not _calls_itself_article(page):
        raise RejectedError(Reason.NO_ARTICLE, f"the page is not marked as an article and says no more than {text!r}")
    return f"{lead}\n\n{text}" if lead and missing_from(text, lead) else text


def _extracted(tree: HtmlElement) -> str:
    """What trafilatura finds; its comparison with other extractors, a quarter of a page's time, is made only
    where its own rules find little."""
    in_paragraphs = sum(len(" ".join(paragraph.text_content().split())) for paragraph in tree.iter("p"))
    text = _extracted_once(deepcopy(tree), fast=True)
    if len(text) < max(MIN_SURE_CHARS, MIN_SURE_SHARE * in_paragraphs):
        text = _extracted_once(tree, fast=False)
    return text


def _extracted_once(tree: HtmlElement, *, fast: bool) -> str:
    options = Extractor(output_format="txt", precision=True, comments=False, tables=True, dedup=False, fast=fast)
    document = bare_extraction(tree, options=options)
    return "\n\n".join(_blocks(document.body)) if document is not None else ""


def stated_body(page: Page) -> str:
    """The text in the page's JSON-LD, an empty line between its paragraphs; empty if there is none."""
    body = page.article.get("articleBody")
    if not isinstance(body, str):
        return ""
    plain = _TAG.sub("", _PARAGRAPH_TAG.sub("\n", without_surrogates(unescape(body))))
    return "\n\n".join(line for line in map(_squeezed, plain.split("\n")) if line)


def _calls_itself_article(page: Page) -> bool:
    return bool(page.article) or any("article" in kind.lower() for kind in page.meta.get("og:type", ()))


def _descriptions(page: Page) -> list[str]:
    return [
        *texts(page.article, "description"),
        *texts(page.article, "alternativeHeadline"),
        *(
            value
            for key in ("og:description", "description", "twitter:description")
            for value in page.meta.get(key, ())
        ),
    ]


def _blocks(body: _Element) -> Iterator[str]:
    """The blocks of trafilatura's tree."""
    if body.text and body.text.strip():
        yield " ".join(body.text.split())
    for element in body:
        block = _block(element)
        if block:
            yield block
        if element.tail and element.tail.strip():
            yield " ".join(element.tail.split())


def _block(element: _Element) -> str:
    if element.tag == "list":
        return "\n".join(f"- {line}" for item in element.iter("item") if (line := _line(item)))
    if element.tag == "table":
        rows = (" | ".join(_line(cell) for cell in row.iter("cell")) for row in element.iter("row"))
        return "\n".join(row for row in rows if row.strip(" |"))
    if element.tag in ("quote", "div", "body") and len(element):
        return "\n\n".join(_blocks(element))
    return "\n".join(line for line in map(_squeezed, _with_breaks(element).split("\n")) if line)


def _line(element: _Element) -> str:
    return _squeezed(_with_breaks(element))


def _with_breaks(element: _Element) -> str:
    """The text of an element, with a line break for each ``<lb/>`` in it."""
    pieces = [(element.text or "").replace("\n", " ")]
    for child in element:
        pieces.append("\n" if child.tag in ("lb", "p") else "")
        pieces.append(_with_breaks(child))
        pieces.append((child.tail or "").replace("\n", " "))
    return "".join(pieces)


def _squeezed(text: str) -> str:
    return " ".join(text.split())
