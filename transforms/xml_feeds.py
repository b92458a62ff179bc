"""RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0 and CDF by feedparser, with what feedparser does not tell."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import feedparser
from lxml import etree

from schemas.document import GivenMetadata
from schemas.vocabulary import DateSource, MediaType, Reason, TitleSource
from transforms.addresses import web_address
from transforms.dates import parse_date
from transforms.feed_entries import (
    FeedEntry,
    ParsedFeed,
    entry_id,
    is_full_content,
    once_escaped,
    plain_text,
    unique_entries,
)
from transforms.feed_repairs import mended
from transforms.rejects import RejectedError

_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)[\s>]", re.I)
_ENTRY_NAMES = frozenset({"item", "entry"})
_CONTENT_TYPES = {
    "text/plain": MediaType.PLAIN_TEXT,
    "text/html": MediaType.HTML,
    "application/xhtml+xml": MediaType.HTML,
}
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAME_BEHIND_REST = re.compile(r"[a-z]+\s*\(([^()]+)")
_REST_BEHIND_NAME = re.compile(r"\s*<[a-z]*>$")
_FRENCH_DATE = re.compile(
    r"(\d{1,2})(?:er)?\s+(janv|f[ée]v|mars|avr|mai|juin|juil|ao[uû]t|sept|oct|nov|d[ée]c)\w*\.?\s+(\d{4})(.{0,30})",
    re.I,
)
_FRENCH_HOUR = re.compile(r"^\W*(?:à\s*)?(\d{1,2})\s?h\s?(\d{2})?\b")
_MONTHS = {"jan": 1, "fév": 2, "fev": 2, "mar": 3, "avr": 4, "mai": 5, "juin": 6, "juil": 7, "aoû": 8, "aou": 8,
           "sep": 9, "oct": 10, "nov": 11, "déc": 12, "dec": 12}  # fmt: skip
_FEEDPARSER_ERRORS = (ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError, RecursionError)
"""What feedparser 6.0 was seen to raise, or may by its code, on damaged input: it has no error class of its own."""


def parse_xml_feed(text: str, feed_url: str, base: str | None) -> ParsedFeed:
    """The entries of an XML feed, also of one that is not well-formed.

    Raises:
        RejectedError: INVALID_FEED, if neither a feed's frame nor an entry can be made out.
    """
    body = mended(text).encode()
    try:
        parsed = _parsed(body, base)
    except _FEEDPARSER_ERRORS as error:
        try:
            parsed = _parsed(_well_formed(body), base)
        except (*_FEEDPARSER_ERRORS, etree.XMLSyntaxError):
            detail = f"the feed cannot be parsed: {type(error).__name__}: {error}"
            raise RejectedError(Reason.INVALID_FEED, detail) from error
    version = parsed.get("version") or ""
    if not version and not parsed["entries"]:
        raise RejectedError(Reason.INVALID_FEED, f"neither RSS, Atom, CDF nor JSON Feed: it begins {text[:60]!r}")
    frame = _read_frame(body)
    if web_address(base) is None:  # a file: its links are relative to the site that it is of
        base = next(_own_addresses(parsed["feed"]), base)
    return ParsedFeed(
        version,
        unique_entries(_entries(parsed, frame, feed_url, base)),
        bool(parsed.get("bozo")),
        frame.interval_secs,
        frame.skip_hours,
        frame.skip_days,
    )


def _parsed(body: bytes, base: str | None) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base or ""}
    # A stream: feedparser would take a string for an address or a file name and open it.
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )


def _well_formed(body: bytes) -> bytes:
    """A feed on which feedparser fails, as far as libxml2 makes a tree of it. A link around entries makes it fail too."""
    root = _tree(body)
    if root is None:
        raise ValueError("there is no element in it")
    for element in root.iter("{*}link"):
        if len(element):
            element.tag = "unreadable"
    written: bytes = etree.tostring(root, encoding="utf-8")
    return written


def _tree(body: bytes) -> Any:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    start = None if body.startswith((b"<?", b"<!")) else _ROOT.search(body)  # a warning of the program that made it
    return etree.fromstring(body[start.start() :] if start else body, parser)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What feedparser does not tell: how often to ask, and which entries have an element for full content.

    feedparser files a second description under "content" too, so its word alone is not enough.
    """

    carries: tuple[bool, ...] = ()
    interval_secs: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


def _read_frame(body: bytes) -> _Frame:
    try:
        root = _tree(body)
    except (etree.XMLSyntaxError, ValueError):
        return _Frame()
    if root is None:
        return _Frame()
    values: dict[str, list[str]] = {}
    carries = []
    for element in root.iter(etree.Element):
        name = _name(element)
        if name in _ENTRY_NAMES:
            carries.append(any(_is_content(child) for child in element))
        elif name in ("ttl", "hour", "day", "updateperiod", "updatefrequency"):
            values.setdefault(name, []).append((element.text or "").strip().lower())
    hours = {int(hour) % 24 for hour in values.get("hour", ()) if re.fullmatch("[0-9]{1,2}", hour)}
    days = {_DAYS.index(day) for day in values.get("day", ()) if day in _DAYS}
    return _Frame(tuple(carries), _interval(values), tuple(sorted(hours)), tuple(sorted(days)))


def _is_content(element: Any) -> bool:
    """``content:encoded``, Atom's ``content``, ``xhtml:body``; not the pictures of ``media:content``."""
    name, place = _name(element), str(element.tag).lower()
    return name == "encoded" or name == "body" or (name == "content" and ("atom" in place or place == "content"))


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def _interval(values: dict[str, list[str]]) -> int | None:
    """``ttl`` in minutes (RSS 2.0), else ``sy:updatePeriod`` over ``sy:updateFrequency`` (RSS syndication module)."""
    ttl = values.get("ttl", [""])[0]
    if re.fullmatch("[0-9]{1,7}", ttl):
        return int(ttl) * 60 or None
    period = _PERIODS.get(values.get("updateperiod", [""])[0])
    frequency = values.get("updatefrequency", ["1"])[0]
    return period // max(int(frequency), 1) if period and re.fullmatch("[0-9]{1,5}", frequency) else period


def _entries(parsed: Any, frame: _Frame, feed_url: str, base: str | None) -> Iterator[FeedEntry]:
    feed, items = parsed["feed"], parsed["entries"]
    same_entries = len(frame.carries) == len(items)
    atom = (parsed.get("version") or "").startswith("atom")
    for place, item in enumerate(items):
        # Where the two parsers see different entries in a broken feed, none is believed to carry its article.
        carries = frame.carries[place] if same_entries else False
        content, content_type = _content(item) if carries else (None, MediaType.HTML)
        url = _address(item, base)
        title = plain_text(_text(item, "title")) or None
        published, updated = _date(item, "published"), _date(item, "updated")
        authors = tuple(_authors(item))
        given = GivenMetadata(
            url=url,
            title=title,
            published_at=published or _date(item, "created") or updated,
            modified_at=updated,
            # A page names its site better than the feed's title does ("Le Monde.fr - Politique").
            source=plain_text(_text(feed, "title")) or None if content is not None else None,
            language=_language(item) or _text(feed, "language"),
            # RFC 4287, 4.2.1: what an Atom feed says of its author holds for entries that name none.
            authors=authors or (tuple(_authors(feed)) if atom else ()),
            tags=tuple(tag for tag in (_text(tag, "term") for tag in _list(item, "tags")) if tag),
            date_source=DateSource.FEED,
            title_source=TitleSource.FEED,
            feed_url=feed_url,
            feed_entry_id=entry_id(_text(item, "id"), url, title, content, published, _text(item, "summary")),
            image_url=_image(item, base),
        )
        yield FeedEntry(given, content, content_type)


def _content(item: Any) -> tuple[str | None, MediaType]:
    """The longest content of an entry, if it is its article."""
    found = [part for part in _list(item, "content") if _text(part, "type") in _CONTENT_TYPES and _text(part, "value")]
    longest = max(found, key=lambda part: len(part["value"]), default=None)
    if longest is not None:
        # Without a summary of its own, feedparser gives an entry its content for one.
        summary = _text(item, "summary") if "summary_detail" in item else None
        media_type, content = _CONTENT_TYPES[longest["type"]], str(_text(longest, "value"))
        if media_type is MediaType.HTML:
            content = once_escaped(content)
        if is_full_content(content, summary):
            return content, media_type
    return None, MediaType.HTML


def _address(item: Any, base: str | None) -> str | None:
    alternates = [_text(link, "href") for link in _list(item, "links") if link.get("rel", "alternate") == "alternate"]
    # RFC 4287, 4.1.3.2: content may be elsewhere.
    elsewhere = [_text(part, "src") for part in _list(item, "content") if _text(part, "type") in _CONTENT_TYPES]
    link = _text(item, "link")  # without one, feedparser gives an entry its id for a link
    for written in (link, *alternates, *elsewhere) if alternates else (*elsewhere, link):
        if (address := web_address(written, base)) is not None:
            return address
    return None


def _own_addresses(feed: Any) -> Iterator[str]:
    """Where a feed says that its site, or itself, is."""
    named = [_text(link, "href") for link in _list(feed, "links")]
    yield from (address for address in map(web_address, (_text(feed, "link"), *named)) if address is not None)


def _language(item: Any) -> str | None:
    """``xml:lang`` of an entry, which feedparser keeps with its title and content."""
    details = [*_list(item, "content"), item.get("title_detail")]
    return next((found for found in (_text(d, "language") for d in details if d) if found), None)


def _authors(node: Any) -> Iterator[str]:
    written = _text(node, "author") or ""
    listed = [author for author in _list(node, "authors") if hasattr(author, "get")]
    yield from (name for name in (_person(author, written) for author in listed) if name)
    if not listed and written:
        yield written


def _person(author: Any, written: str) -> str | None:
    """The name in "address (name)" (RSS 2.0, ``author``), "name <address>" or a name alone.

    feedparser 6.0 knows addresses whose last part has up to four letters, and leaves the rest of others in the name.
    """
    name, address = _text(author, "name"), _text(author, "email")
    if name is None or address is None:
        return name
    if (behind := _NAME_BEHIND_REST.fullmatch(name)) is not None:
        return behind.group(1)
    return None if address + name in written else _REST_BEHIND_NAME.sub("", name)


def _image(item: Any, base: str | None) -> str | None:
    candidates = [
        *(media.get("url") for media in _list(item, "media_content") if _is_picture(media, "url")),
        *(media.get("url") for media in _list(item, "media_thumbnail")),
        *(
            link.get("href")
            for link in _list(item, "links")
            if link.get("rel") == "enclosure" and _is_picture(link, "href")
        ),
    ]
    return next((address for address in (web_address(written, base) for written in candidates) if address), None)


def _is_picture(media: Any, key: str) -> bool:
    kind = f"{media.get('medium') or ''} {media.get('type') or ''}".strip().lower()
    return "image" in kind or (
        not kind and bool(re.search(r"\.(?:jpe?g|png|webp|gif|avif)\b", media.get(key) or "", re.I))
    )


def _date(item: Any, key: str) -> str | None:
    """A date as it was written if `dates` reads it, else as a French calendar does. What feedparser makes of the others
    is not taken: it reads "05-03-2024" as 2005-03-20."""
    written = _text(item, key)
    if written is None or parse_date(written) is not None:
        return written
    return _french(written) or written


def _french(written: str) -> str | None:
    match = _FRENCH_DATE.search(written)
    if match is None:
        return None
    name = match.group(2).lower()
    month = next((number for start, number in _MONTHS.items() if name.startswith(start)), 0)
    time = _FRENCH_HOUR.sub(lambda hour: f" {int(hour.group(1)):02d}:{hour.group(2) or '00'}", match.group(4))
    return f"{match.group(3)}-{month:02d}-{int(match.group(1)):02d}{time}"


def _text(node: Any, key: str) -> str | None:
    # Not item["updated"]: feedparser answers with another key's value, and a warning, where one is missing.
    value = dict.get(node, key) if isinstance(node, dict) else None
    return value.strip() or None if isinstance(value, str) else None


def _list(node: Any, key: str) -> list[Any]:
    value = dict.get(node, key) if isinstance(node, dict) else None
    return value if isinstance(value, list) else []
