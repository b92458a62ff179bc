"""Before the text of a page is extracted: leave one article in it, in one piece, without its furniture.

Rules look at structure (other articles, lists of links, captions), never at a publisher's names.
"""

import re
from functools import lru_cache

from lxml.etree import XPath
from lxml.html import HtmlElement

from transforms.titles import comparable

MIN_BODY_CHARS = 300
"""Paragraphs below one container, in code points, from which it counts as a part of the body."""
MIN_LINK_LIST_SHARE = 0.85
"""Share of a list's text inside links from which it is a list of links."""
MIN_FURNITURE_LINK_SHARE = 0.4
"""The same for a container that is named like furniture, whatever its length."""
_MIN_LINK_CHARS = 25
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")

_DEAD = ("script", "style", "noscript", "template", "svg", "iframe", "button", "select")
_CAPTIONS = XPath(
    "//figcaption"
    " | //*[contains(@class, 'aption') or contains(@class, 'redit') or contains(@class, 'copyright')]"  # a quick look
    "[self::div or self::p or self::span or self::small or self::cite or self::em]"
    "[contains(concat(' ', @class), ' caption') or contains(@class, '-caption') or contains(@class, '_caption')"
    " or contains(@class, 'Caption') or contains(@class, 'image-credit') or contains(@class, 'photo-credit')"
    " or contains(@class, 'image__credit') or contains(@class, 'imageCredit') or contains(@class, 'copyright')]"
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:newsletter|related|recommend(?:ed|ation|ations)?|read-?more|teaser-?list|outbrain|taboola|consent|"
    r"cookies?|paywall-(?:layer|banner|message)|embed-(?:consent|placeholder|privacy)|opt-?in|donat(?:e|ion)|promo(?:box|tion)?|"
    r"sharing|share-?(?:bar|buttons?|tools)|social-?(?:share|media|bar)|author-?(?:box|bio|info|card)|affiliate|most-?read|"
    r"tag-?list|disclaimer|skip-?link)(?:$|[\s_-])",
    re.I,
)
_KEEP_CHARS = 1_500
"""A container named like furniture with more text than this, in code points, goes only if it is full of links."""
_MAX_FURNITURE_CHARS = 20_000
"""With more than this it is the page's body under an odd name."""


def prune(tree: HtmlElement, title: str | None) -> None:
    """Change `tree` for extraction: see the functions below."""
    for element in list(tree.iter(*_DEAD)):
        _drop(element)
    _leave_one_article(tree, title)
    for element in _CAPTIONS(tree):
        if _chars(element, _KEEP_CHARS) < _KEEP_CHARS:
            _drop(element)
    _drop_furniture(tree)
    _drop_link_lists(tree)
    _join_parts(tree)


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def main_story(tree: HtmlElement, title: str | None) -> HtmlElement | None:
    """The ``<article>`` around the headline, if it holds paragraphs as well."""
    wanted = comparable(title or "")
    for heading in tree.iter("h1", "h2"):
        if wanted and wanted in comparable(heading.text_content()):
            home = next(heading.iterancestors("article"), None)
            if home is not None:
                return home if _paragraph_chars(home) >= MIN_BODY_CHARS else None
    return None


def _leave_one_article(tree: HtmlElement, title: str | None) -> None:
    """Where one ``<article>`` holds the page's headline, the others beside and inside it are other stories."""
    home = main_story(tree, title)
    if home is None:
        return
    around = set(home.iterancestors("article"))
    for article in list(tree.iter("article")):
        if article is home or article in around:
            continue
        if home not in set(article.iterancestors("article")) or _is_teaser(article):
            _drop(article)


def _is_teaser(article: HtmlElement) -> bool:
    return _paragraph_chars(article) < MIN_BODY_CHARS and next(article.iter("a"), None) is not None


def _paragraph_chars(element: HtmlElement) -> int:
    return sum(len(p.text_content()) for p in element.iter("p"))


def _drop_furniture(tree: HtmlElement) -> None:
    page_chars = _paragraph_chars(tree)
    for element in list(tree.iter("div", "section", "aside", "ul", "p", "header", "footer", "span", "form")):
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        named = name != " " and _names_furniture(name)
        if not named and element.tag != "form":
            continue
        chars = _chars(element, _MAX_FURNITURE_CHARS)
        linked = chars <= _MAX_FURNITURE_CHARS and _link_share(element) >= MIN_FURNITURE_LINK_SHARE
        # A short article in a container with such a name is still the article.
        own = next(element.iter("h1"), None) is not None or 2 * _paragraph_chars(element) > page_chars
        if (chars < _KEEP_CHARS or linked) and not own:
            _drop(element)


@lru_cache(maxsize=4096)  # the elements of a page, and of a publisher's pages, share a few hundred names
def _names_furniture(name: str) -> bool:
    return _FURNITURE.search(_CAMEL.sub("-", name)) is not None


def _chars(element: HtmlElement, limit: int) -> int:
    """Length of the element's text, or something above `limit`: without reading a page again and again."""
    chars = 0
    for text in element.itertext():
        chars += len(text)
        if chars > limit:
            break
    return chars


def _link_share(element: HtmlElement) -> float:
    """Share of the element's text that is inside links, without white space."""
    links = list(element.iter("a"))
    if not links:
        return 0.0
    text = len("".join(element.text_content().split()))
    linked = sum(len("".join(link.text_content().split())) for link in links)
    return linked / text if text else 0.0


def _drop_link_lists(tree: HtmlElement) -> None:
    """Lists and paragraphs that are links and nothing else: related stories, tags, tables of contents."""
    for element in list(tree.iter("ul", "ol")):
        if _link_share(element) >= MIN_LINK_LIST_SHARE:
            _drop(element)
    for element in list(tree.iter("p")):
        links = list(element.iter("a"))
        if len(links) != 1:
            continue
        text = " ".join(element.text_content().split())
        if len(text) >= _MIN_LINK_CHARS:
            linked = " ".join(links[0].text_content().split())
            if len(linked) >= len(text) - 3 and not linked.endswith((".", "…")):
                _drop(element)


def _join_parts(tree: HtmlElement) -> None:
    """Put a body together that advertisements cut into containers of one class: extraction keeps only one."""
    groups: dict[tuple[str, str], list[HtmlElement]] = {}
    for container in tree.iter("div", "section"):
        name = container.get("class")
        if name and sum(len(p.text_content()) for p in container.iterchildren("p")) >= MIN_BODY_CHARS:
            groups.setdefault((container.tag, name), []).append(container)
    for parts in groups.values():
        home = parts[0]
        story = next(home.iterancestors("article", "main"), None)
        for part in parts[1:]:
            if story is None or next(part.iterancestors("article", "main"), None) is not story or _nested(home, part):
                continue
            for child in list(part):
                home.append(child)


def _nested(outer: HtmlElement, inner: HtmlElement) -> bool:
    return any(ancestor is outer for ancestor in inner.iterancestors())
