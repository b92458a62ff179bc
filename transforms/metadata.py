"""One resolver for what is known about an article: what came along with it and what its page says.

Precedence, best first:

- publication date: feed, JSON-LD, meta tags, ``<time>`` and the page's text (htmldate), sidecar;
- title: page (JSON-LD, meta tags, headings: see `titles`), feed, sidecar; for plain text feed, sidecar, first line;
- authors: page for HTML (JSON-LD, meta tags, by-line), else those given;
- language: see `language_identification`; tags, section, description, image: JSON-LD, then meta tags.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from htmldate import find_date

from schemas.document import GivenMetadata
from schemas.vocabulary import DateSource, TitleSource
from transforms.addresses import canonical_address, is_home_page, is_section_of, web_address
from transforms.authors import clean_names, page_authors
from transforms.characters import one_line
from transforms.dates import EARLIEST, MAX_AHEAD, Dated, first_plausible, readable
from transforms.json_ld import node_types, text, texts
from transforms.page import Page, canonical_href
from transforms.page_pruning import prune
from transforms.sources import registered_domain
from transforms.titles import page_title

MAX_TAGS = 50
MAX_DESCRIPTION_CHARS = 2_000
_PUBLISHED = (
    "article:published_time", "datepublished", "og:published_time", "article:published", "date", "pubdate",
    "publish-date", "publish_date", "publishdate", "publication_date", "dc.date.issued", "dcterms.issued",
    "dc.date.created", "dcterms.created", "dcterms.date", "dc.date", "parsely-pub-date", "sailthru.date",
    "cxenseparse:publishtime", "cxenseparse:recs:publishtime", "citation_publication_date", "citation_date",
    "article.published", "published-date", "originalpublicationdate", "article_date_original", "datecreated",
    "ptime", "rnews:datepublished", "published_time", "release_date", "og:article:published_time",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "dcterms.modified", "lastmod",
    "dc.date.modified", "article:modified", "og:article:modified_time", "revised",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about an article besides its text; empty where nothing is."""

    dated: Dated
    url: str | None = None
    canonical_url: str | None = None
    source_name: str | None = None
    title: str | None = None
    title_source: TitleSource | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    languages: tuple[str | None, ...] = ()
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None


def given_metadata(given: GivenMetadata, captured_at: datetime) -> Metadata:
    """The metadata of a document that says nothing about itself (plain text)."""
    written = ((given.date_source, given.published_at),) if given.published_at else ()
    title = one_line(given.title)
    return Metadata(
        dated=first_plausible(written, captured_at),
        url=web_address(one_line(given.url)),
        canonical_url=canonical_address(one_line(given.url)),
        source_name=one_line(given.source),
        title=title,
        title_source=given.title_source if title else None,
        authors=clean_names(name for name in map(one_line, given.authors) if name),
        languages=(given.language,),
        modified_at=next(readable([given.modified_at or ""], captured_at), None),
        tags=_unique(given.tags),
        image_url=web_address(given.image_url),
    )


def page_metadata(page: Page, given: GivenMetadata, captured_at: datetime) -> Metadata:
    """The metadata of an HTML page, with what came along with it."""
    alongside = given_metadata(given, captured_at)
    site_name = _site_name(page)
    url, canonical = _addresses(page, alongside.url)
    names = [name for name in (site_name, alongside.source_name, *_domain_names(canonical or url)) if name]
    title, title_source = page_title(page, names)
    article = page.article
    modified = [
        *texts(article, "dateModified"),
        *(v for key in _MODIFIED for v in page.meta.get(key, ())),
        given.modified_at or "",
    ]
    language = (
        given.language,
        text(article, "inLanguage"),
        page.tree.get("lang"),
        page.first_meta("og:locale", "content-language", "language"),
    )
    return Metadata(
        dated=first_plausible(_written_dates(page, given, title, captured_at), captured_at),
        url=url,
        canonical_url=canonical,
        source_name=alongside.source_name or site_name,
        title=title or alongside.title,
        title_source=title_source or alongside.title_source,
        description=_description(page),
        authors=page_authors(page, title, names) or alongside.authors,
        languages=language,
        modified_at=next(readable(modified, captured_at), None),
        section=text(article, "articleSection")
        or page.first_meta("article:section", "og:article:section", "section", "parsely-section"),
        tags=_tags(page) or alongside.tags,
        image_url=_image(page, canonical or url) or alongside.image_url,
    )


def _written_dates(
    page: Page, given: GivenMetadata, title: str | None, captured_at: datetime
) -> Iterator[tuple[DateSource, str]]:
    if given.published_at and given.date_source is DateSource.FEED:
        yield DateSource.FEED, given.published_at
    for written in texts(page.article, "datePublished") + texts(page.article, "dateCreated", "uploadDate"):
        yield DateSource.JSON_LD, written
    for key in _PUBLISHED:
        for written in page.meta.get(key, ()):
            yield DateSource.META, written
    for element in page.tree.xpath('.//time[@datetime][@itemprop="datePublished" or @pubdate]')[:3]:
        yield DateSource.HTML, element.get("datetime")
    for node in page.nodes:
        if node_types(node) & {"webpage", "newsmediaobject", "itempage"}:
            for written in texts(node, "datePublished"):
                yield DateSource.JSON_LD, written
    found = _searched(page, title, captured_at)
    if found:
        yield DateSource.HTML, found
    if given.published_at and given.date_source is not DateSource.FEED:
        yield given.date_source, given.published_at


def _searched(page: Page, title: str | None, captured_at: datetime) -> str | None:
    """What htmldate finds: the costly search, asked last, and first without the page's furniture (the dates
    of related stories). Its limits are ours, so that it reads no clock."""
    pruned = deepcopy(page.tree)
    prune(pruned, title)
    latest = (captured_at + MAX_AHEAD).replace(tzinfo=None)
    for tree in (pruned, deepcopy(page.tree)):
        found: str | None = find_date(
            tree, original_date=True, url=page.url, min_date=EARLIEST.replace(tzinfo=None), max_date=latest
        )
        if found:
            return found
    return None


def _addresses(page: Page, given_url: str | None) -> tuple[str | None, str | None]:
    """The address it was read from and the canonical one.

    A page's own word counts only within the publisher's domain: a page cannot pose as another site's.
    """
    written = [canonical_href(page.tree), page.first_meta("og:url"), text(page.article, "url")]
    own = [
        address
        for address in (canonical_address(value, given_url) for value in written)
        if address and not is_home_page(address)
    ]
    if given_url:
        domain = registered_domain(given_url)
        own = [a for a in own if registered_domain(a) == domain and not is_section_of(a, given_url)]
        return given_url, own[0] if own else canonical_address(given_url)
    return None, own[0] if own else None


def _site_name(page: Page) -> str | None:
    publisher = page.article.get("publisher")
    name = text(publisher, "name") if isinstance(publisher, dict) else None
    return page.first_meta("og:site_name", "application-name") or name


def _domain_names(url: str | None) -> list[str]:
    domain = registered_domain(url)
    return [domain, "www." + domain, domain.partition(".")[0]] if domain else []


def _description(page: Page) -> str | None:
    found = text(page.article, "description") or page.first_meta("og:description", "description", "twitter:description")
    return found[:MAX_DESCRIPTION_CHARS] if found else None


def _tags(page: Page) -> tuple[str, ...]:
    listed = texts(page.article, "keywords")
    found = (
        listed
        or list(page.meta.get("article:tag", ()))
        or list(page.meta.get("news_keywords", ()))
        or list(page.meta.get("keywords", ()))
    )
    return _unique(part for value in found for part in (value.split(",") if len(found) == 1 else [value]))[:MAX_TAGS]


def _image(page: Page, base: str | None) -> str | None:
    image = page.article.get("image")
    first = image[0] if isinstance(image, list) and image else image
    named = texts(first, "url", "contentUrl") if isinstance(first, dict) else [first] if isinstance(first, str) else []
    return web_address(next(iter(named), None), base) or web_address(page.first_meta("og:image", "twitter:image"), base)


def _unique(values: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in map(one_line, values) if value))
