"""An HTML page, parsed once: its tree, its meta tags and its structured data."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import ElementDefaultClassLookup, ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from schemas.vocabulary import Reason
from transforms.characters import one_line, without_controls
from transforms.json_ld import Node, main_article, page_nodes, plain_address
from transforms.rejects import RejectedError

_META_KEYS = ("property", "name", "itemprop", "http-equiv")


@dataclass(frozen=True, slots=True)
class Page:
    """What one parse of a page gives.

    Args:
        tree: the whole document; shared, so do not change it.
        meta: contents of the meta tags in document order, by property, name or itemprop in lower case.
        nodes: the nodes of its JSON-LD.
        article: the one that describes the article, or an empty one.
        url: address it was read from, if known.
    """

    tree: HtmlElement
    meta: Mapping[str, tuple[str, ...]]
    nodes: tuple[Node, ...]
    article: Node
    url: str | None

    def first_meta(self, *keys: str) -> str | None:
        """The first content of the first of `keys` that has any."""
        return next((values[0] for key in keys if (values := self.meta.get(key))), None)


def parse_page(html: str, url: str | None) -> Page:
    """Parse decoded HTML, as broken as it may be.

    libxml2's own limits stand: 256 open elements and 10 million characters in one text.

    Raises:
        RejectedError: NO_ARTICLE for a document in which there is no element.
    """
    parser = HTMLParser(
        collect_ids=False, default_doctype=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    # One class for all elements: lxml's own choice by tag is made in Python, again and again for each element.
    parser.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))
    # Given as bytes: a declaration inside the page cannot overrule the decoding that was already done.
    try:
        tree = document_fromstring(without_controls(html), parser=parser)
    except ParserError as error:
        raise RejectedError(Reason.NO_ARTICLE, f"no HTML element in the document: {error}") from error
    meta = _meta(tree)
    nodes = tuple(page_nodes(tree))
    addresses = [url, canonical_href(tree), *meta.get("og:url", ())]
    headings = (" ".join(heading.text_content().split()) for heading in tree.iter("h1", "title"))
    wordings = frozenset(title.casefold() for title in (*headings, *meta.get("og:title", ())))
    article = main_article(nodes, frozenset(plain_address(a) for a in addresses if a), wordings) or {}
    return Page(tree, meta, nodes, article, url)


def canonical_href(tree: HtmlElement) -> str | None:
    """The address in ``<link rel=canonical>``, as written."""
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href"):
            return str(link.get("href")).strip()
    return None


def _meta(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = one_line(element.get("content"))
        if not content:
            continue
        for key in _META_KEYS:
            if element.get(key):
                values = found.setdefault(str(element.get(key)).strip().lower(), [])
                if content not in values:
                    values.append(content)
    return {key: tuple(values) for key, values in found.items()}
