"""Structured data of a page: its schema.org nodes, also from JSON that is not quite JSON."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import TypeAlias

from lxml.html import HtmlElement

from transforms.characters import one_line

Node: TypeAlias = Mapping[str, object]

ARTICLE_TYPES = frozenset(
    {
        "article", "newsarticle", "advertisercontentarticle", "analysisnewsarticle", "askpublicnewsarticle",
        "backgroundnewsarticle", "opinionnewsarticle", "reportagenewsarticle", "reviewnewsarticle", "report",
        "satiricalarticle", "scholarlyarticle", "medicalscholarlyarticle", "techarticle", "socialmediaposting",
        "blogposting", "liveblogposting", "review", "interview", "recipe", "videoobject", "podcastepisode",
    }
)  # fmt: skip
"""schema.org Article with its subtypes, and what publishers use for one; lower case."""
_WEAK_TYPES = frozenset({"videoobject", "podcastepisode", "recipe", "webpage", "review"})
MAX_NODES = 2_000
"""A page describes itself in some ten nodes; the rest of 10,000 are product lists."""
MAX_STORIES = 5
MAX_DEPTH = 8
_CONTAINERS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|description|articleSection|inLanguage)"\s*:\s*"((?:[^"\\\n]|\\.){1,2000})"'
)
_AUTHOR_NAME = re.compile(r'"author"\s*:\s*[\[{][^\]]{0,200}?"name"\s*:\s*"([^"\\]{1,200})"')
_TAGS = re.compile(r"<[^<>]{0,500}>")


def page_nodes(tree: HtmlElement) -> list[Node]:
    """Every node of the page's JSON-LD that may describe the page, in document order."""
    nodes: list[Node] = []
    for script in tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if not kind.startswith(("application/ld+json", "application/json+ld")) or not script.text:
            continue
        for document in load_lenient(script.text):
            nodes.extend(_walk(document))
            if len(nodes) >= MAX_NODES:
                return nodes[:MAX_NODES]
    return nodes


def load_lenient(text: str) -> list[object]:
    """The JSON documents in a script: comments around it, raw control characters, trailing commas, wrong
    escapes, HTML entities and several documents in a row are forgiven; of what stays broken, the few fields
    that can be told apart are read."""
    bare = _WRAPPING.sub("", text).strip().rstrip(";")
    for candidate in (bare, _TRAILING_COMMA.sub(r"\1", _BAD_ESCAPE.sub(r"\\\\", bare)), unescape(bare)):
        try:
            return _load_all(candidate)
        except json.JSONDecodeError:
            continue
        except RecursionError:
            return []
    return _salvage(bare)


def _load_all(text: str) -> list[object]:
    decoder = json.JSONDecoder(strict=False)
    documents: list[object] = []
    position = 0
    while position < len(text):
        document, position = decoder.raw_decode(text, position)
        documents.append(document)
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1
    return documents


def _salvage(text: str) -> list[object]:
    fields: dict[str, object] = {}
    for match in _FIELD.finditer(text):
        fields.setdefault(match.group(1), match.group(2).replace('\\"', '"').replace("\\/", "/"))
    authors = _AUTHOR_NAME.findall(text)
    if authors:
        fields["author"] = [{"@type": "Person", "name": name} for name in authors]
    return [{"@type": "NewsArticle", **fields}] if fields else []


def _walk(document: object, depth: int = 0) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(document, list):
        for item in document[:MAX_NODES]:
            yield from _walk(item, depth + 1)
    elif isinstance(document, dict):
        if "@type" in document:
            yield document
        for key in _CONTAINERS:
            if key in document:
                yield from _walk(document[key], depth + 1)


def node_types(node: Node) -> frozenset[str]:
    """The types of a node in lower case, without the vocabulary's address."""
    types = node.get("@type")
    values = types if isinstance(types, list) else [types]
    return frozenset(v.rsplit("/", 1)[-1].removeprefix("schema:").lower() for v in values if isinstance(v, str))


def main_article(
    nodes: Iterable[Node], addresses: frozenset[str], wordings: frozenset[str] = frozenset()
) -> Node | None:
    """The node that describes the article of the page.

    Of the nodes with an article's type: the one whose own address is the page's, then the one whose headline
    is a title of the page, then of a proper article type, then the one with a headline and a date, then the
    first. Of more than `MAX_STORIES` without such a sign none: the page lists other stories.

    Args:
        addresses: addresses of the page as `plain_address` gives them.
        wordings: titles of the page in lower case.
    """
    candidates = [node for node in nodes if node_types(node) & ARTICLE_TYPES]

    def named(node: Node) -> bool:
        return any(headline.casefold() in wordings for headline in texts(node, "headline", "name"))

    def rank(node: Node) -> tuple[bool, bool, bool, bool, bool]:
        return (
            bool(_addresses(node) & addresses),
            named(node),
            not node_types(node) <= _WEAK_TYPES,
            "headline" in node or "name" in node,
            "datePublished" in node,
        )

    best = max(candidates, key=rank, default=None)
    if best is not None and len(candidates) > MAX_STORIES and not any(rank(best)[:2]):
        return None
    return best


def _addresses(node: Node) -> frozenset[str]:
    found = [*texts(node, "url"), *texts(node, "@id")]
    page = node.get("mainEntityOfPage")
    found += [page] if isinstance(page, str) else texts(page, "@id", "url") if isinstance(page, dict) else []
    return frozenset(plain_address(address) for address in found)


def plain_address(url: str) -> str:
    """An address without scheme, "www.", query, fragment and final slash, to compare addresses by."""
    bare = re.sub(r"^[a-z]+:", "", url.strip(), flags=re.I).lstrip("/").removeprefix("www.")
    return re.split(r"[?#]", bare, maxsplit=1)[0].rstrip("/")


def texts(node: Node, *keys: str) -> list[str]:
    """The strings under the first of `keys` that has any: of a string, a list, a named or a literal node."""
    for key in keys:
        found = list(_strings(node.get(key)))
        if found:
            return found
    return []


def text(node: Node, *keys: str) -> str | None:
    """The first of `texts`, or None."""
    return next(iter(texts(node, *keys)), None)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        plain = one_line(_TAGS.sub("", unescape(unescape(value))))
        if plain:
            yield plain
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, list):
        for item in value[:MAX_NODES]:
            if not isinstance(item, list):
                yield from _strings(item)
    elif isinstance(value, dict):
        for key in ("@value", "name", "url", "contentUrl", "@id"):
            if isinstance(value.get(key), (str, list)):
                yield from _strings(value[key])
                return
