"""What is common to all ways of reading feeds: polls and pages as documents, rejects, tasks and rows."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from apache_beam.io.filesystem import BeamIOError
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import TaggedOutput

from schemas.document import GivenMetadata
from schemas.identity import content_id
from schemas.vocabulary import Reason
from transforms.feed_entries import ParsedFeed, entry_document, entry_uri
from transforms.feed_polls import (
    FeedTask,
    PageTask,
    Parse,
    Polled,
    page_rejection,
    poll_feed,
    poll_file,
    unreadable_file,
)
from transforms.fetching import Limits
from transforms.files import open_decompressed
from transforms.guard import GuardedCallError, borrow, give_back
from transforms.metrics import Counter, count, measure
from transforms.pages import PageOutcome
from transforms.politeness import POLL_SECS
from transforms.rejects import REJECTS, RejectedError
from transforms.web import Web, WebSettings

PAGES, POLLS = "pages", "polls"
PARSE_SECS = 20.0
"""A feed of 10 MB takes 5 s; a longer one is an attack on the parser."""
PARSE = "transforms.feed_parsing:parse_request"


class GuardedParsing:
    """`feed_parsing.parse_feed` in a child process, for several threads one after the other.

    Args:
        deadline_secs: a feed that takes longer is stopped and rejected with TIMEOUT.
        function: ``module:name`` of what the child calls.
    """

    def __init__(self, deadline_secs: float = PARSE_SECS, function: str = PARSE) -> None:
        self._guarded = borrow(deadline_secs, function)
        self._lock = threading.Lock()

    def __call__(self, body: bytes, feed_url: str, base: str, charset: str | None) -> ParsedFeed:
        with self._lock:
            try:
                parsed: ParsedFeed = self._guarded.call((body, feed_url, base, charset))
            except GuardedCallError as error:  # no bytes of a stranger may fail the bundle of all others
                raise RejectedError(Reason.INVALID_FEED, f"the parser failed: {str(error)[-300:]}") from error
            return parsed

    def close(self) -> None:
        """Leave the child to the next pipeline in this process."""
        give_back(self._guarded)


@dataclass(frozen=True, slots=True)
class FeedSettings:
    """How feeds are read.

    Args:
        lake: root folder of the tables: what it holds is not fetched again.
        fetch: whether pages are fetched at all.
        source, language: for entries that state none.
        poll_secs: time between polls of a feed that asks for none.
        shards: hosts are spread over so many workers.
        record_files: write a poll of a file even if it brought nothing new (so that it has a next due time).
        web: how requests are made.
    """

    lake: str
    fetch: bool = True
    source: str | None = None
    language: str | None = None
    poll_secs: int = POLL_SECS
    shards: int = 1
    record_files: bool = False
    web: WebSettings = field(default_factory=WebSettings)

    def complete(self, given: GivenMetadata) -> GivenMetadata:
        """`given` with the defaults for what it does not say."""
        return replace(given, source=given.source or self.source, language=given.language or self.language)

    def shard_of(self, host: str) -> int:
        """The worker that asks `host`: the same for all its feeds and pages."""
        return int(content_id("host", host)[:8], 16) % self.shards


def read_feed_file(path: str, limits: Limits) -> tuple[bytes, datetime]:
    """The bytes and the time of a feed that is a file, decompressed if its name ends so.

    Raises:
        RejectedError: UNREADABLE_FILE or TRUNCATED_FILE for a file that is gone, damaged or cannot be read, TOO_LARGE for
            one of more bytes than may be fetched.
    """
    try:
        modified = FileSystems.get_filesystem(path).metadata(path).last_updated_in_seconds
        with open_decompressed(path) as stream:
            body: bytes = stream.read(limits.max_decoded_bytes + 1)
    except (OSError, BeamIOError) as error:
        reason = Reason.TRUNCATED_FILE if "Truncated" in str(error) else Reason.UNREADABLE_FILE
        raise RejectedError(reason, str(error)[:500]) from error
    if len(body) > limits.max_decoded_bytes:
        raise RejectedError(Reason.TOO_LARGE, f"the feed is larger than {limits.max_decoded_bytes} bytes")
    return body, datetime.fromtimestamp(modified, UTC)


def ask_feed(task: FeedTask, web: Web, parse: Parse, poll_secs: int) -> Polled:
    """Ask a feed of the web, or read one that is a file."""
    if not task.is_local:
        return poll_feed(task, web, parse, poll_secs)
    try:
        body, modified = read_feed_file(task.feed_url, web.settings.limits)
    except RejectedError as error:
        return unreadable_file(task, error, web.settings.now())
    return poll_file(task, body, modified, parse, web.settings.now(), poll_secs)


def poll_outputs(polled: Polled, settings: FeedSettings) -> Iterator[Any]:
    """What a poll brings: documents, and tagged with `REJECTS`, `PAGES` and `POLLS` what else; all of it counted."""
    poll = polled.poll
    count(Counter.FEEDS_POLLED)
    if poll.error is not None:
        count(Counter.FEEDS_FAILED)
    elif not polled.fresh and not polled.known:
        count(Counter.FEEDS_UNCHANGED)
    measure("feed_entries", poll.entries)
    if polled.known:
        count(Counter.DOCUMENTS_READ, number=polled.known)
        count(Counter.ENTRIES_KNOWN, poll.source, polled.known)
    if polled.rejection is not None:
        count(Counter.DOCUMENTS_READ)
        yield TaggedOutput(REJECTS, polled.rejection)
    for task in polled.retries:
        yield TaggedOutput(PAGES, task)
    now = polled.captured_at or poll.polled_at
    for entry in polled.fresh:
        given = settings.complete(entry.given)
        if entry.content is not None:
            count(Counter.DOCUMENTS_READ)
            yield entry_document(replace(entry, given=given), now, polled.capture_source)
        elif given.url is None or not settings.fetch:
            count(Counter.DOCUMENTS_READ)
            detail = "the entry has no address" if given.url is None else "fetching is switched off"
            yield TaggedOutput(
                REJECTS,
                page_rejection(
                    given,
                    entry_uri(given),
                    now,
                    Reason.NO_FULL_CONTENT,
                    f"the feed does not carry the article, and {detail}",
                    retryable=given.url is not None,
                    attempt=1,
                ),
            )
        else:
            yield TaggedOutput(PAGES, PageTask(given, 1, poll.polled_at))
    if polled.is_news or settings.record_files:
        yield TaggedOutput(POLLS, poll)


def page_outputs(outcome: PageOutcome) -> Iterator[Any]:
    """What the visit of a page brings, but for a next attempt."""
    if outcome.document is not None:
        count(Counter.PAGES_FETCHED)
        measure("page_bytes", len(outcome.document.payload))
        yield outcome.document
    if outcome.rejection is not None:
        count(Counter.PAGES_FAILED)
        yield TaggedOutput(REJECTS, outcome.rejection)
