"""JSON Feed 1.0 and 1.1 (jsonfeed.org): every value may be missing or of the wrong type."""

import json
import re
from collections.abc import Iterator
from typing import Any

from schemas.document import GivenMetadata
from schemas.vocabulary import DateSource, MediaType, Reason, TitleSource
from transforms.addresses import web_address
from transforms.feed_entries import (
    FeedEntry,
    ParsedFeed,
    entry_id,
    is_full_content,
    once_escaped,
    plain_text,
    unique_entries,
)
from transforms.rejects import RejectedError

_VERSION = "jsonfeed.org/version/"
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_HEAD = re.compile(r'"(version|title|home_page_url|feed_url|language)"\s*:\s*"([^"\\]{0,2000})"')


def parse_json_feed(text: str, feed_url: str, base: str | None) -> ParsedFeed:
    """The entries of a JSON Feed.

    Raises:
        RejectedError: INVALID_FEED, if it is no JSON object with a list of ``items``.
    """
    whole = True
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        feed, whole = _damaged(text), False
        if not feed["items"]:
            raise RejectedError(Reason.INVALID_FEED, f"the feed begins like JSON and is none: {error}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise RejectedError(Reason.INVALID_FEED, "the feed is JSON without a list of items: no JSON Feed")
    version = _text(feed, "version") or ""
    items = [item if isinstance(item, dict) else _odd(item) for item in feed["items"]]
    if web_address(base) is None:  # a file: its links are relative to the site that it is of
        base = web_address(_text(feed, "home_page_url")) or web_address(_text(feed, "feed_url")) or base
    return ParsedFeed(
        version="json" + version.rsplit("/", 1)[-1].replace(".", "") if _VERSION in version else "",
        entries=unique_entries(_entry(item, feed, feed_url, base) for item in items),
        damaged=not whole or not all(isinstance(item, dict) for item in feed["items"]),
    )


def _damaged(text: str) -> dict[str, Any]:
    """What can be read of a feed that is cut off or broken: the texts before its items, and the items before the fault."""
    start = _ITEMS.search(text)
    if start is None:
        return {"items": []}
    decoder, items, place = json.JSONDecoder(strict=False), [], start.end()
    try:
        while True:
            item, place = decoder.raw_decode(text, _BETWEEN.match(text, place).end())  # type: ignore[union-attr]
            items.append(item)
    except (ValueError, RecursionError):
        before = {name: json.loads(f'"{value}"', strict=False) for name, value in _HEAD.findall(text[: start.start()])}
        return {**before, "items": items}


def _odd(item: object) -> dict[str, Any]:
    """An item that is no object, as one: an address alone, or something that is told apart by what it is."""
    return {"url": item} if isinstance(item, str) else {"id": json.dumps(item)[:500]}


def _entry(item: dict[str, Any], feed: dict[str, Any], feed_url: str, base: str | None) -> FeedEntry:
    url = web_address(_text(item, "url") or _text(item, "external_url"), base)
    title = plain_text(_text(item, "title")) or None
    content, content_type = _content(item)
    published, modified = _text(item, "date_published"), _text(item, "date_modified")
    given = GivenMetadata(
        url=url,
        title=title,
        published_at=published or modified,
        modified_at=modified,
        source=plain_text(_text(feed, "title")) or None if content is not None else None,
        language=_text(item, "language") or _text(feed, "language"),
        authors=tuple(_authors(item)) or tuple(_authors(feed)),
        tags=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        date_source=DateSource.FEED,
        title_source=TitleSource.FEED,
        feed_url=feed_url,
        feed_entry_id=entry_id(_identifier(item), url, title, content, published, _text(item, "summary")),
        image_url=_image(item, base),
    )
    return FeedEntry(given, content, content_type)


def _content(item: dict[str, Any]) -> tuple[str | None, MediaType]:
    for key, content_type in (("content_html", MediaType.HTML), ("content_text", MediaType.PLAIN_TEXT)):
        content = _text(item, key)
        if content and content_type is MediaType.HTML:
            content = once_escaped(content)
        if content and is_full_content(content, _text(item, "summary")):
            return content, content_type
    return None, MediaType.HTML


def _identifier(item: dict[str, Any]) -> str | None:
    value = item.get("id")
    # Version 1.0: "If an id is presented as a number, a reader should convert it to a string."
    return str(value) if isinstance(value, (int, float)) else _text(item, "id")


def _authors(node: dict[str, Any]) -> Iterator[str]:
    """`authors` of version 1.1, else `author` of 1.0."""
    for author in [*_list(node, "authors"), node.get("author")]:
        name = _text(author, "name") if isinstance(author, dict) else None
        if name:
            yield name


def _image(item: dict[str, Any], base: str | None) -> str | None:
    named = _text(item, "image") or _text(item, "banner_image")
    for attachment in _list(item, "attachments"):
        if not named and isinstance(attachment, dict) and (_text(attachment, "mime_type") or "").startswith("image/"):
            named = _text(attachment, "url")
    return web_address(named, base)


def _text(node: dict[str, Any], key: str) -> str | None:
    value = node.get(key)
    # JSON may spell half of a surrogate pair, which no encoding holds.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) and value.strip() else None


def _list(node: dict[str, Any], key: str) -> list[Any]:
    value = node.get(key)
    return value if isinstance(value, list) else []
