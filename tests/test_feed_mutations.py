"""Feeds of every format in every state of damage: none crashes the reader, and no entry gets lost.

The suite reads a few hundred; DEPECHE_FEEDS=5000 reads so many for each of the two questions.
"""

import io
import os
from datetime import UTC, datetime

import feedparser
import pytest
from feed_mutations import mutated

from schemas.feed_poll import FeedPoll
from schemas.vocabulary import Reason
from transforms import feed_reading
from transforms.feed_parsing import is_opml, parse_feed
from transforms.feed_polls import PageTask, take_body
from transforms.feed_reading import FeedSettings, poll_outputs
from transforms.metrics import Counter
from transforms.rejects import RejectedError

NUMBER = int(os.environ.get("DEPECHE_FEEDS", "300"))
FEED = "https://quais.example/fil.xml"
NOW = datetime(2024, 3, 5, 8, 0, tzinfo=UTC)
REASONS = {Reason.INVALID_FEED, Reason.BINARY, Reason.UNDECODABLE, Reason.EMPTY}


def test_feeds__damaged_in_every_way__are_read_in_full_or_rejected(monkeypatch):
    counted = {}
    monkeypatch.setattr(
        feed_reading, "count", lambda what, key="", number=1: counted.update({what: counted.get(what, 0) + number})
    )
    for name, body, charset in mutated("suite", NUMBER):
        counted.clear()
        poll = FeedPoll(FEED, "quais.example", NOW.date(), NOW, 200, 0, 0, None, 0)
        polled = take_body(poll, body, FEED, charset, parse_feed, NOW, NOW, None, 900)
        outputs = list(poll_outputs(polled, FeedSettings("lake")))
        entries = polled.poll.entries
        if polled.rejection is not None:
            assert polled.rejection.reason in REASONS, name
            assert entries == 0, name
            entries = 1  # the feed itself
        pages = sum(isinstance(getattr(output, "value", None), PageTask) for output in outputs)
        # Conservation: documents, rejects and known ones are counted here, pages when they are asked for.
        assert counted.get(Counter.DOCUMENTS_READ, 0) + pages == entries, name
        documents_and_rejects = len(outputs) - pages - 1  # less the poll
        assert counted.get(Counter.DOCUMENTS_READ, 0) == documents_and_rejects + counted.get(
            Counter.ENTRIES_KNOWN, 0
        ), name


def test_feeds__that_feedparser_reads__lose_no_entry():
    for name, body, charset in mutated("whole", NUMBER):
        try:
            ours = len(parse_feed(body, FEED, charset=charset).entries)
        except RejectedError:
            ours = 0
        assert ours >= entries_of_feedparser(body, charset), name


def entries_of_feedparser(body: bytes, charset: str | None) -> int:
    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    try:
        parsed = feedparser.parse(
            io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False, response_headers=headers
        )
    except (UnicodeEncodeError, KeyError):  # half a character by number; an element that ends where none began
        return 0
    return len(parsed.entries)


ENTRIES = "<item><title>a</title><guid>1</guid></item><item><title>b</title><guid>2</guid></item></channel></rss>"
ROOTS = {
    "quote of an attribute": b'<rss version="2.0><channel>',
    "quote of a namespace": b'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/><channel>',
    "apostrophe": b"<rss version='2.0><channel>",
    "quote of the declaration": b'<?xml version="1.0 encoding="utf-8"?><rss version="2.0"><channel>',
    "no quote at its begin": b'<rss version=2.0"><channel>',
    "form feed in an attribute": b'<rss version&s\x0c2.0"><channel>',
    "noise before it": b"\xf0\x81\xff\x03\x9d<rss version='2.0'><channel>",
}


@pytest.mark.parametrize("name", ROOTS)
def test_parse_feed__root_element_that_is_damaged__costs_no_entry(name):
    assert len(parse_feed(ROOTS[name] + ENTRIES.encode(), FEED).entries) == 2


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("<opml/>", True),
        ("\ufeff \n<?xml version='1.0'?><!-- a --><!DOCTYPE opml>\n<!--<rss>--> <OPML version='2.0'>", True),
        ("<!-- x -->" * 40 + "<opml>", True),
        ("<!-- x -->" * 5_000 + "<rss>", False),
        ("<!--" * 5_000, False),
        ("<?xml?><rss><opml/></rss>", False),
        ("opml", False),
    ],
    ids=["bare", "prologue", "comments", "many comments", "open comments", "inside", "word"],
)
def test_is_opml__looks_at_the_root_element(text, is_one):
    assert is_opml(text) is is_one
