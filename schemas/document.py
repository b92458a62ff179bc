"""A document as it was read: bytes, where they came from, and what came along with them."""

from dataclasses import dataclass, field
from datetime import datetime

from schemas.vocabulary import DateSource, MediaType, TitleSource

MAX_DOCUMENT_BYTES = 20_000_000
"""Larger documents are rejected. The largest known article pages have 8 MB; trafilatura's own cap is the same."""


@dataclass(frozen=True, slots=True)
class GivenMetadata:
    """What a sidecar, a JSON line or a feed entry says about a document; every value as it was written.

    Args:
        title, published_at, modified_at, source, language, url: as given, or None.
        authors: names as given, one a string.
        date_source, title_source: what to record as provenance if these values are used.
        feed_url, feed_entry_id: the feed and the entry that told of the document.
        image_url: picture that the feed entry names.
        unknown_keys: keys that were present and are not used, in sorted order.
    """

    url: str | None = None
    title: str | None = None
    published_at: str | None = None
    modified_at: str | None = None
    source: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    date_source: DateSource = DateSource.SIDECAR
    title_source: TitleSource = TitleSource.SIDECAR
    feed_url: str | None = None
    feed_entry_id: str | None = None
    image_url: str | None = None
    unknown_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document before cleaning.

    Args:
        input_uri: the file, with ``#`` and a place in it (``#line=12``, ``#record=<urn>``) where it holds many.
        media_type: what `payload` is.
        payload: the bytes as read, after decompression.
        charset: the encoding that the transport declared (HTTP header), or None.
        captured_at: fetch time, WARC-Date or file time; the only clock in a row.
        capture_source: which of these it is, should nothing better date the article.
        given: what came along with the document.
        record_id: stands for the record of a file that the document is, with all that came along, where that can be told
            without reading it further (a JSON line); None elsewhere.
    """

    input_uri: str
    media_type: MediaType
    payload: bytes
    captured_at: datetime
    capture_source: DateSource = DateSource.FILE_MTIME
    charset: str | None = None
    given: GivenMetadata = field(default_factory=GivenMetadata)
    record_id: str | None = None
