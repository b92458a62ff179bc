"""Feeds as a list of entries, whatever their format, and entries as documents.

The formats are read in `xml_feeds` and `json_feeds`; here is what they have in common.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape

from schemas.document import GivenMetadata, RawDocument
from schemas.identity import content_id
from schemas.vocabulary import DateSource, MediaType

KEY_CHARS = 16
"""64 bits of a hash: among a thousand remembered entries of one feed two never meet."""
LONG_CONTENT_WORDS = 150
"""No feed's summary is that long: a content that repeats it word for word is the whole article twice."""

_TAG = re.compile(r"<[^<>]{0,2000}>")
_WORD = re.compile(r"\w+")
_CUT = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.{3}|\+\d+ chars)\])\W*$"
    r"|\b(?:lire la suite|lire l.article|lire plus|en savoir plus|la suite sur|suite de l.article|voir la suite|read more"
    r"|continue reading|read the (?:full|whole|rest)|read on|full (?:story|article)|keep reading|weiterlesen|mehr lesen"
    r"|leer m[áa]s|seguir leyendo|leia mais|leggi tutto|continua a leggere|lees verder|lees meer)\b[^.!?]{0,160}$",
    re.I,
)
_ESCAPED_TAG = re.compile(
    r"&lt;/?(?:p|div|br|h[1-6]|ul|ol|li|blockquote|figure|img|strong|em|span|a)(?:\s|/|&gt;)", re.I
)
_PAGE = '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><article>{}</article></body></html>'


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed.

    Args:
        given: what the entry says about its article; `feed_url` and `feed_entry_id` are set.
        content: the whole article as the feed carries it, or None: then `given.url` is to be fetched.
        content_type: what `content` is.
    """

    given: GivenMetadata
    content: str | None = None
    content_type: MediaType = MediaType.HTML

    @property
    def key(self) -> str:
        """What the entry is remembered by: its id, and what it carries, so that a correction is new again.

        The page of an entry is not fetched again because its ``updated`` changes: many feeds set that to the
        time of the request.
        """
        carried = (self.given.title or "", self.content) if self.content is not None else ()
        return content_id("entry", self.given.feed_entry_id or "", *carried)[:KEY_CHARS]

    @property
    def input_uri(self) -> str:
        """The place of the entry: the feed's address and the entry in it."""
        return entry_uri(self.given)


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed that could be read.

    Args:
        version: format and version as feedparser names them ("rss20", "atom10", "json11"), "" if it is unsure.
        entries: in the order of the feed, ids unique.
        damaged: the feed is not well-formed, and its entries are what could be read of it.
        interval_secs: time between polls that the feed asks for (``ttl``, ``sy:updatePeriod``).
        skip_hours: hours of the day (GMT) at which it asks not to be polled.
        skip_days: days of the week (GMT), 0 for Monday, likewise.
    """

    version: str
    entries: tuple[FeedEntry, ...]
    damaged: bool = False
    interval_secs: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


def entry_uri(given: GivenMetadata) -> str:
    """`input_uri` of the document of a feed entry; the same whichever poll found it."""
    return f"{given.feed_url}#entry={content_id('entry', given.feed_entry_id or '')[:KEY_CHARS]}"


def plain_text(markup: str | None) -> str:
    """The words of a piece of markup on one line: for titles and for comparison, not for articles."""
    return " ".join(unescape(_TAG.sub(" ", unescape(markup or ""))).split())


def once_escaped(markup: str) -> str:
    """The markup of an entry that was escaped twice; other markup as it is. Its tags would be words of the article."""
    return unescape(markup) if _ESCAPED_TAG.search(markup) and not _TAG.search(markup) else markup


def is_full_content(content: str, summary: str | None) -> bool:
    """Whether `content` is the article and no teaser put in the place of one.

    The element says so by its definition (RSS content module; RFC 4287, 4.1.3; JSON Feed 1.1), except where

    - it ends like a teaser ("…", "[…]", "Lire la suite"), or
    - it only repeats the summary, and is not long.
    """
    words = plain_text(content)
    if not _WORD.search(words) or _CUT.search(words[-240:]):
        return False
    repeated = _WORD.findall(words) == _WORD.findall(plain_text(summary)) if summary else False
    return not repeated or len(_WORD.findall(words)) >= LONG_CONTENT_WORDS


def unique_entries(entries: Iterable[FeedEntry]) -> tuple[FeedEntry, ...]:
    """`entries` with an id each of their own.

    Feeds exist whose ``guid`` is the same for all items, or empty. Where entries of different addresses share an
    id, the address becomes part of it; where they have none, the title. Entries that are the same in everything stay
    twice: they are counted, and the second is known.
    """
    listed = list(entries)
    places: dict[str | None, set[str]] = {}
    for entry in listed:
        places.setdefault(entry.given.feed_entry_id, set()).add(_place(entry))
    return tuple(
        replace(entry, given=replace(entry.given, feed_entry_id=f"{entry.given.feed_entry_id} {_place(entry)}"))
        if len(places[entry.given.feed_entry_id]) > 1
        else entry
        for entry in listed
    )


def _place(entry: FeedEntry) -> str:
    return entry.given.url or entry.given.title or ""


def entry_id(written: str | None, url: str | None, *content: str | None) -> str:
    """The id of an entry: as written, else its address, else a hash of what it says."""
    return (written or "").strip() or url or content_id("feed-entry", *(part or "" for part in content))


def entry_document(entry: FeedEntry, captured_at: datetime, capture_source: DateSource) -> RawDocument:
    """The document that `entry` carries.

    Raises:
        ValueError: when it carries none.
    """
    if entry.content is None:
        raise ValueError(f"{entry.input_uri} carries no content")
    markup = entry.content_type is MediaType.HTML
    return RawDocument(
        input_uri=entry.input_uri,
        media_type=entry.content_type,
        payload=(_PAGE.format(entry.content) if markup else entry.content).encode("utf-8", "replace"),
        captured_at=captured_at,
        capture_source=capture_source,
        charset="utf-8",
        given=entry.given,
    )


def fresh_entries(entries: Sequence[FeedEntry], seen: Iterable[str]) -> list[FeedEntry]:
    """The entries whose key is not in `seen`, each key once, in the feed's order."""
    known = set(seen)
    fresh: dict[str, FeedEntry] = {}
    for entry in entries:
        if entry.key not in known:
            fresh.setdefault(entry.key, entry)
    return list(fresh.values())
