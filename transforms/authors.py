"""Who wrote an article: names as a list, without "Par", roles, agencies, handles and addresses."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from lxml.html import HtmlElement

from transforms.boilerplate import fold
from transforms.json_ld import Node, node_types, texts
from transforms.page import Page
from transforms.page_pruning import main_story

MAX_NAME_CHARS = 80
MAX_NAME_WORDS = 6
MAX_AUTHORS = 20
_META = (
    "article:author", "author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator",
    "citation_author", "article:author_name", "cxenseparse:author", "og:article:author", "og:author", "creator",
    "article.author", "authors", "page.author", "vr:author",
)  # fmt: skip
_AGENCIES = frozenset(
    {
        "afp", "ap", "apa", "dpa", "epd", "kna", "sid", "reuters", "ansa", "efe", "belga", "anp", "ats", "sda", "ntb",
        "tt", "ritzau", "agence france-presse", "agence france presse", "associated press", "the associated press",
        "europa press", "keystone-ats", "keystone-sda", "xinhua", "tass", "bloomberg", "pa media", "press association",
        "lusa", "ctk", "mti", "pap", "anadolu", "kyodo", "yonhap", "afp news", "dpa-afx", "news agency", "agenzia ansa",
        "avec afp", "with afp", "afp.com", "relaxnews", "the canadian press", "staff", "redaktion", "la redaction",
        "redaction", "newsroom", "editor", "editors", "admin", "administrator", "web desk", "news desk", "online desk",
    }
)  # fmt: skip
_PREFIX = re.compile(
    r"^(?:(?:article |texte |propos recueillis |reportage |written |story |words |posted |published )?(?:par|by)|von|"
    r"text(?:e)?(?: von| by)?|di|por|door|av|af|autor(?:en|in)?|author|auteur|bericht|skrevet av|tekst|od|yazan)"
    r"(?:\s*[:\-–—]\s*|\s+)(?=\S)",
    re.I,
)
_WRITTEN_BY = re.compile(
    r"(?:Par|PAR|By|BY|Von|VON|Por|POR|Di|Door|Av|Texte?\s*:)\s+[A-ZÀ-ÖØ-Þ][\w'’.-]+(?:\s+[\w'’.,&-]+){1,8}\.?"
)
_LOWER_PREFIX = re.compile(r"^a cura di\s+(?=[A-ZÀ-ÖØ-Þ])")
_SPLIT = re.compile(r"\s*[;|•·\n]\s*|\s*/\s*|\s+(?:et|and|und|en|och|og|with|avec|mit)\s+|\s*&\s*", re.I)
_ROMANCE_SPLIT = re.compile(r"\s+[ye]\s+(?=[A-ZÀ-ÖØ-Þ])")
_COMMA = re.compile(r"\s*,\s*")
_PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|(?<!\w)@\w+", re.I)
_ROLE = re.compile(
    r"\b(?:reporter|correspondent|correspondant|editor|journalist|journaliste|redakteur|redakteurin|autorin|staff|writer|"
    r"chief|head of|desk|producer|columnist|critic|rédacteur|rédactrice|envoyé|envoyée|bureau|fellow|professor|updated|"
    r"published|contributor|photograph|korrespondent|korrespondentin|senior|minuten|min read|uhr|team leader)|\b\d+ min\b",
    re.I,
)
_NOT_A_NAME = re.compile(r"[<>{}=_]|\d{2,}|\.(?:com|org|net|de|fr|uk)\b|[!?…]$")


def page_authors(page: Page, title: str | None, site_names: Iterable[str]) -> tuple[str, ...]:
    """The authors of a page: persons in its JSON-LD, else in its meta tags, else in its by-line; where no
    person is named anywhere, the organisation or agency that is."""
    sites = {fold(name) for name in site_names if name}
    fallback: tuple[str, ...] = ()
    for names in _sources(page, title):
        cleaned = clean_names(names)
        persons = tuple(name for name in cleaned if not _is_organisation(name, sites))
        if persons:
            return persons[:MAX_AUTHORS]
        fallback = fallback or cleaned
    return fallback[:MAX_AUTHORS]


def _is_organisation(name: str, sites: AbstractSet[str]) -> bool:
    folded = fold(name)
    return folded in _AGENCIES or any(f" {site} " in f" {folded} " for site in sites)


def _sources(page: Page, title: str | None) -> Iterator[list[str]]:
    """The groups of written names, best source first; each is read only if those before name no person."""
    index = {identifier: node for node in page.nodes for identifier in texts(node, "@id")}
    yield _json_ld_names(page.article, index)
    for key in _META:
        yield list(page.meta.get(key, ()))
    story = main_story(page.tree, title)
    story = page.tree if story is None else story  # other stories have by-lines too
    yield _marked_up(story)
    yield _by_line(story)


def _json_ld_names(article: Node, index: Mapping[str, Node]) -> list[str]:
    for key in ("author", "creator"):
        names = [name for value in _as_list(article.get(key)) for name in _names_of(value, index)]
        if names:
            return names
    return []


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _names_of(value: object, index: Mapping[str, Node]) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, dict):
        return []
    if "name" in value:
        return texts(value, "name")
    family = texts(value, "familyName")
    if family:
        return [" ".join([*texts(value, "givenName"), *family])]
    named = index.get(str(value.get("@id")))
    return texts(named, "name") if named is not None and node_types(named) & {"person", "organization"} else []


_BYLINES = (
    './/*[@itemprop="author"]//*[@itemprop="name"]',
    './/*[@itemprop="author"]',
    './/a[@rel="author"]',
    './/*[contains(@class, "author-name") or contains(@class, "author__name") or contains(@class, "authorName")]',
    './/*[contains(@class, "byline__name") or contains(@class, "byline-name")]',
    './/a[contains(@class, "author") or contains(@href, "/author/") or contains(@href, "/autor/") or contains(@href, "/auteur/") or contains(@href, "/autoren/")]',
    './/*[(self::span or self::p or self::div or self::address or self::li) and (contains(@class, "byline") or contains(@class, "author"))]',
)


_ELSEWHERE = ("aside", "nav", "footer", "form", "figure")


def _marked_up(tree: HtmlElement) -> list[str]:
    """The names in the first element that is marked as an author's, and in those around it."""
    for expression in _BYLINES:
        groups: dict[HtmlElement, list[str]] = {}
        for element in tree.xpath(expression)[:MAX_AUTHORS]:
            if next(element.iterancestors(*_ELSEWHERE), None) is None and 3 < len(words := _words(element)) <= 120:
                groups.setdefault(_grandparent(element), []).append(words)
        for names in groups.values():
            if clean_names(names):
                return names
    return []


def _grandparent(element: HtmlElement) -> HtmlElement:
    parent = element.getparent()
    return parent.getparent() if parent.getparent() is not None else parent


def _by_line(tree: HtmlElement) -> list[str]:
    """The first short line that begins like a by-line ("Von Anna Sleegers, Frankfurt")."""
    for element in tree.iter("p", "span", "div", "address", "h5", "h6", "li", "strong", "em", "b"):
        if next(element.iterancestors("a", "li", *_ELSEWHERE), None) is not None:
            continue  # the by-line of another story in a list of links
        if len(element) <= 3 and _WRITTEN_BY.match((element.text or "").lstrip()):
            words = _words(element)
            if _WRITTEN_BY.fullmatch(words):
                return [words]
    return []


def _words(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def clean_names(written: Iterable[str]) -> tuple[str, ...]:
    """The names in written by-lines, each once, in order."""
    names: dict[str, str] = {}
    for value in written:
        for name in _split(value):
            names.setdefault(fold(name), name)
    return tuple(names.values())


def _split(value: str) -> Iterator[str]:
    bare = _PARENTHESIS.sub(" ", _ADDRESS.sub(" ", value))
    bare = _LOWER_PREFIX.sub("", _PREFIX.sub("", " ".join(bare.split())))
    for part in _ROMANCE_SPLIT.split("\n".join(_SPLIT.split(bare))):
        for line in part.split("\n"):
            # "Name, Name" and "Name, Role" are lists, and one word behind a full name is a place or a role.
            pieces = [_PREFIX.sub("", piece).strip(" \t,.:-–—|*()[]\u00a0") for piece in _COMMA.split(line)]
            full = any(" " in piece for piece in pieces)
            yield from (piece for piece in pieces if _is_name(piece) and (" " in piece or not full))


def _is_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= MAX_NAME_WORDS or not 2 <= len(name) <= MAX_NAME_CHARS:
        return False
    if name.islower() and fold(name) not in _AGENCIES:
        return False
    return any(c.isalpha() for c in name) and not _NOT_A_NAME.search(name) and not _ROLE.search(name)
