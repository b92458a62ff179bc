"""The text of a page's article: pruned, extracted by trafilatura, written as readable lines."""

from collections.abc import Iterator

from lxml.etree import _Element
from trafilatura import bare_extraction
from trafilatura.settings import Extractor

from schemas.vocabulary import Reason
from transforms.json_ld import texts
from transforms.lead import find_lead, missing_from
from transforms.page import Page
from transforms.page_pruning import prune
from transforms.rejects import RejectedError


def extract_body(page: Page, title: str | None) -> str:
    """Lead, paragraphs, subheadings, lists and tables of the article, an empty line between blocks.

    Items of a list and rows of a table are lines ("- item", "cell | cell"). Changes the page's tree: call it
    last.

    Raises:
        RejectedError: NO_ARTICLE if there is no text in the page.
    """
    lead = find_lead(page.tree, _descriptions(page), title)
    prune(page.tree, title)
    options = Extractor(output_format="txt", precision=True, comments=False, tables=True, dedup=False)
    document = bare_extraction(page.tree, options=options)
    blocks = list(_blocks(document.body)) if document is not None else []
    if not blocks:
        raise RejectedError(Reason.NO_ARTICLE, "no article text was found in the page")
    text = "\n\n".join(blocks)
    return f"{lead}\n\n{text}" if lead and missing_from(text, lead) else text


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
