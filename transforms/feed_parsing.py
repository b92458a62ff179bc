"""Bytes of a feed in, entries out: the one door to the readers of formats."""

import re

from schemas.document import MAX_DOCUMENT_BYTES
from schemas.vocabulary import Reason
from transforms.compressed_bodies import CodingError, TooLargeError, read_body
from transforms.decoding import decode
from transforms.feed_entries import ParsedFeed
from transforms.json_feeds import parse_json_feed
from transforms.rejects import RejectedError
from transforms.xml_feeds import parse_xml_feed

_PROLOGUE = re.compile(r"<!--.{0,2000}?-->|<\?[^>]{0,400}\?>|<!DOCTYPE[^>]{0,400}>", re.I | re.S)
"""What may stand before the root element. Matched piece by piece: one expression for all of it would try every way of
cutting a row of comments."""
_OPML = re.compile(r"<opml\b", re.I)
_GZIP = b"\x1f\x8b\x08"
_FEED_ELEMENT = re.compile(rb"<(?:rss|feed|rdf:rdf|channel|item|entry)[\s>]", re.I)
_ENTRY_ELEMENT = re.compile(rb"<(?:item|entry)[\s>]", re.I)
_SPACE = re.compile(r"\s*")
_MAX_PIECES = 50


def parse_feed(body: bytes, feed_url: str, base: str | None = None, charset: str | None = None) -> ParsedFeed:
    """The entries of a feed in any format that the project reads.

    The characters are found as those of pages are (`decoding`): bytes that are UTF-8 are read as UTF-8, whatever the
    server or the XML declaration says. RFC 7303 has it otherwise; real feeds that follow it to the letter
    are read right in both ways.

    Args:
        body: the bytes; a feed that is packed by gzip, and whose server does not say so, is unpacked.
        feed_url: recorded with each entry.
        base: where the feed was read from in the end; relative addresses are taken from there.
        charset: what the transport declared.

    Raises:
        RejectedError: EMPTY, BINARY or UNDECODABLE for what does not even begin like a feed, or INVALID_FEED with what was found instead.
    """
    body = _unpacked(body)
    text = _characters(body, charset)
    if text.lstrip("\ufeff \t\n").startswith(("{", "[")):
        return parse_json_feed(text.lstrip("\ufeff \t\n"), feed_url, base or feed_url)
    if is_opml(text):
        raise RejectedError(Reason.INVALID_FEED, "this is an OPML list of feeds, not a feed: give it a name with .opml")
    # What was mended in the text (line ends, pairs of surrogates, an encoding) may be what breaks a damaged element for
    # good: where nothing is found, the characters are looked at once more as they came.
    try:
        feed = parse_xml_feed(text, feed_url, base or feed_url)
    except RejectedError:
        as_sent = _as_sent(body, text, feed_url, base or feed_url)
        if as_sent is None:
            raise
        return as_sent
    if not feed.entries and _ENTRY_ELEMENT.search(body):
        return _as_sent(body, text, feed_url, base or feed_url) or feed
    return feed


def _as_sent(body: bytes, text: str, feed_url: str, base: str) -> ParsedFeed | None:
    as_sent = body.decode("utf-8", "replace")
    if as_sent == text:
        return None
    try:
        return parse_xml_feed(as_sent, feed_url, base)
    except RejectedError:
        return None


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_GZIP):
        return body
    try:
        return read_body([body], "gzip", len(body), MAX_DOCUMENT_BYTES)
    except (CodingError, TooLargeError):
        return body  # and so binary


def _characters(body: bytes, charset: str | None) -> str:
    try:
        return decode(body, charset, markup=True).text
    except RejectedError as error:
        # A few stray bytes leave no encoding that fits; the entries around them can still be read.
        begins = body.lstrip(b" \t\r\n").startswith((b"<", b"{"))
        if error.reason is Reason.EMPTY or not (begins or _FEED_ELEMENT.search(body)):
            raise
        return body.decode("utf-8", "replace")


def is_opml(text: str) -> bool:
    """Whether a text is an OPML list of feeds."""
    place = text.find("<", 0, 21)
    for _ in range(_MAX_PIECES):
        piece = _PROLOGUE.match(text, place) if place >= 0 else None
        if piece is None:
            break
        place = _SPACE.match(text, piece.end()).end()  # type: ignore[union-attr]  # it matches the empty string
    return place >= 0 and _OPML.match(text, place) is not None


def parse_request(request: tuple[bytes, str, str | None, str | None]) -> ParsedFeed:
    """`parse_feed` of one argument, for a guarded child."""
    return parse_feed(*request)
