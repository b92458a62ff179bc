"""Read feeds: poll those that are due, fetch the pages of new entries, and remember."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import DoOutputsTuple, PBegin, PCollection, TaggedOutput

from schemas.document import GivenMetadata
from schemas.feed_poll import FeedPoll
from schemas.identity import content_id
from schemas.partition import Partition, batch_name, slug
from schemas.tables import FEED_POLLS
from schemas.vocabulary import Reason
from transforms.feed_entries import ParsedFeed, entry_document, entry_uri
from transforms.feed_polls import FeedTask, PageTask, Polled, page_rejection, poll_feed, poll_file, with_failures
from transforms.fetching import Limits
from transforms.guard import GuardedCallError, GuardedCleaning
from transforms.hosts import in_turns
from transforms.known_pages import fresh_pages
from transforms.lake import write_batch
from transforms.locking import batch
from transforms.metrics import Counter, count, measure
from transforms.pages import PageOutcome, fetch_page
from transforms.politeness import POLL_SECS
from transforms.rejects import REJECTS, RejectedError
from transforms.safe_addresses import host_of
from transforms.sources import publisher
from transforms.tables import WrittenFile
from transforms.web import WebSettings, open_web

PAGES, POLLS, FAILED = "pages", "polls", "failed"
PARSE_SECS = 20.0
"""A feed of 10 MB takes 5 s; a longer one is an attack on the parser."""


class _GuardedParsing:
    """`feed_parsing.parse_feed` in a child process, for several threads one after the other."""

    def __init__(self) -> None:
        self._guarded = GuardedCleaning(PARSE_SECS, "transforms.feed_parsing:parse_request")
        self._lock = threading.Lock()

    def __call__(self, body: bytes, feed_url: str, base: str, charset: str | None) -> ParsedFeed:
        with self._lock:
            try:
                parsed: ParsedFeed = self._guarded.call((body, feed_url, base, charset))
            except GuardedCallError as error:  # no bytes of a stranger may fail the bundle of all others
                raise RejectedError(Reason.INVALID_FEED, f"the parser failed: {str(error)[-300:]}") from error
            return parsed

    def close(self) -> None:
        self._guarded.close()


class _PollFeeds(beam.DoFn):
    def __init__(self, settings: "FeedSettings") -> None:
        super().__init__()
        self._settings = settings
        self._parse: _GuardedParsing | None = None

    def setup(self) -> None:
        self._parse = _GuardedParsing()

    def process(self, shard: tuple[int, Iterable[FeedTask]]) -> Iterator[Any]:
        web = open_web(self._settings.web)
        web.new_round()
        by_host: dict[str, list[FeedTask]] = {}
        for task in sorted(shard[1], key=lambda task: task.feed_url):
            by_host.setdefault("" if task.is_local else host_of(task.address), []).append(task)
        for polled in in_turns(by_host, self._poll, web.hosts, web.settings.now, web.settings.threads):
            yield from self._outputs(polled)

    def _poll(self, task: FeedTask) -> Polled:
        if self._parse is None:
            raise RuntimeError("setup() was not called")
        web = open_web(self._settings.web)
        if not task.is_local:
            return poll_feed(task, web, self._parse, self._settings.poll_secs)
        body, modified = read_feed_file(task.feed_url, web.settings.limits)
        return poll_file(task, body, modified, self._parse, web.settings.now(), self._settings.poll_secs)

    def _outputs(self, polled: Polled) -> Iterator[Any]:
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
            given = self._settings.complete(entry.given)
            if entry.content is not None:
                count(Counter.DOCUMENTS_READ)
                yield entry_document(replace(entry, given=given), now, polled.capture_source)
            elif given.url is None or not self._settings.fetch:
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
                yield TaggedOutput(PAGES, PageTask(given, 1, now))
        if polled.is_news or self._settings.record_files:
            yield TaggedOutput(POLLS, poll)

    def teardown(self) -> None:
        if self._parse is not None:
            self._parse.close()
            self._parse = None


def read_feed_file(path: str, limits: Limits) -> tuple[bytes, datetime]:
    """The bytes and the time of a feed that is a file; as much as may be fetched. A file that is gone or cannot be
    read is empty."""
    try:
        metadata = FileSystems.get_filesystem(path).metadata(path)
        with FileSystems.open(path, compression_type=CompressionTypes.AUTO) as stream:
            body: bytes = stream.read(limits.max_decoded_bytes)
    except (OSError, BeamIOError, EOFError, ValueError):
        return b"", datetime(1970, 1, 1, tzinfo=UTC)
    return body, datetime.fromtimestamp(metadata.last_updated_in_seconds, UTC)


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


def _fetch_pages(shard: tuple[int, Iterable[PageTask]], settings: FeedSettings) -> Iterator[Any]:
    web = open_web(settings.web)
    web.new_round()
    tasks = sorted(shard[1], key=lambda task: (task.given.url or "", task.given.feed_url or "", entry_uri(task.given)))
    fresh = fresh_pages(tasks, settings.lake)
    count(Counter.DOCUMENTS_READ, number=len(tasks))
    wanted = {id(task) for task in fresh}
    for task in tasks:
        if id(task) not in wanted:
            count(Counter.ENTRIES_KNOWN, slug(publisher(task.given.url, task.given.source)))
    by_host: dict[str, list[PageTask]] = {}
    for task in fresh:
        by_host.setdefault(host_of(task.given.url or ""), []).append(task)

    def act(task: PageTask) -> PageOutcome:
        return fetch_page(task, web)

    for outcome in in_turns(by_host, act, web.hosts, web.settings.now, web.settings.threads):
        yield from _page_outputs(outcome)


def _page_outputs(outcome: PageOutcome) -> Iterator[Any]:
    if outcome.document is not None:
        count(Counter.PAGES_FETCHED)
        measure("page_bytes", len(outcome.document.payload))
        yield outcome.document
    if outcome.rejection is not None:
        count(Counter.PAGES_FAILED)
        yield TaggedOutput(REJECTS, outcome.rejection)
    if outcome.again is not None:
        yield TaggedOutput(FAILED, (outcome.feed_url, outcome.again))


@dataclass
class ReadFeeds(beam.PTransform[PBegin, dict[str, PCollection[Any]]]):
    """Poll feeds once and read their new entries as documents.

    Input: the pipeline's start. Outputs, by name: ``documents`` (`RawDocument`), `REJECTS` (`Rejection`) and `POLLS`
    (`FeedPoll`), which is to be written after everything else. Every entry counts once in `documents_read`, and is a
    document, known, or a reject.

    Beam contract: bounded, global window; the network and the clock make it not deterministic, and safe to retry all
    the same: what is read twice is known, and a poll is only remembered once its articles are written.

    Rejected when: INVALID_FEED and the reasons of `decoding` (stage read); FETCH_FAILED, FETCH_REFUSED, BINARY,
    NO_FULL_CONTENT (stage fetch).

    Metrics: `feeds_polled`, `feeds_unchanged`, `feeds_failed`, `entries_known` by source, `pages_fetched`,
    `pages_failed`; distributions `feed_entries` and `page_bytes`.

    Args:
        due: the feeds to poll, with what is remembered of them.
        settings: see `FeedSettings`.
    """

    due: Sequence[FeedTask]
    settings: FeedSettings

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, start: PBegin) -> dict[str, PCollection[Any]]:
        settings = self.settings
        polled: DoOutputsTuple = (
            start
            | "Due" >> beam.Create(list(self.due), reshuffle=False)
            | "KeyFeedsByHost" >> beam.Map(_key_feed, settings).with_output_types(tuple[int, FeedTask])
            | "GroupFeeds" >> beam.GroupByKey()
            | "Poll" >> beam.ParDo(_PollFeeds(settings)).with_outputs(PAGES, POLLS, REJECTS, main="documents")
        )
        fetched: DoOutputsTuple = (
            polled[PAGES]
            | "KeyPagesByHost" >> beam.Map(_key_page, settings).with_output_types(tuple[int, PageTask])
            | "GroupPages" >> beam.GroupByKey()
            | "Fetch" >> beam.FlatMap(_fetch_pages, settings).with_outputs(FAILED, REJECTS, main="documents")
        )
        polls = {
            POLLS: polled[POLLS] | "KeyPolls" >> beam.Map(_key_poll).with_output_types(tuple[str, FeedPoll]),
            FAILED: fetched[FAILED] | "KeyFailed" >> beam.Map(_as_is).with_output_types(tuple[str, PageTask]),
        }
        return {
            "documents": (polled.documents, fetched.documents) | "GatherDocuments" >> beam.Flatten(),
            REJECTS: (polled[REJECTS], fetched[REJECTS]) | "GatherRejects" >> beam.Flatten(),
            POLLS: polls | "JoinFailed" >> beam.CoGroupByKey() | "Remember" >> beam.FlatMapTuple(_remember),
        }


def _key_feed(task: FeedTask, settings: FeedSettings) -> tuple[int, FeedTask]:
    return settings.shard_of("" if task.is_local else host_of(task.address)), task


def _key_page(task: PageTask, settings: FeedSettings) -> tuple[int, PageTask]:
    return settings.shard_of(host_of(task.given.url or "")), task


def _key_poll(poll: FeedPoll) -> tuple[str, FeedPoll]:
    return poll.feed_url, poll


def _as_is(pair: tuple[str, PageTask]) -> tuple[str, PageTask]:
    return pair


def _remember(feed_url: str, rows: dict[str, Iterable[Any]]) -> Iterator[FeedPoll]:
    for poll in rows[POLLS]:
        yield with_failures(poll, list(rows[FAILED]))


@dataclass
class WritePolls(beam.PTransform[PCollection[FeedPoll], PCollection[WrittenFile]]):
    """Write the rows of `feed_polls`, after the tables that must be there before they may be.

    Input: `FeedPoll`s. Output: a `WrittenFile` each partition. A poll of a file that brought nothing new leaves no
    row: reading the same file again changes nothing.

    Args:
        lake: root folder of the tables.
        after: what is to be written first (a killed run then reads the entries again, and knows them).
        lease: as in `WriteTables`.
    """

    lake: str
    after: Sequence[PCollection[WrittenFile]]
    lease: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, polls: PCollection[FeedPoll]) -> PCollection[WrittenFile]:
        written = tuple(self.after) | "GatherWritten" >> beam.Flatten()
        return (
            polls
            | "WaitForTables" >> beam.Map(_first, beam.pvalue.AsIter(written)).with_output_types(FeedPoll)
            | "KeyByPartition" >> beam.Map(_partition).with_output_types(tuple[Partition, FeedPoll])
            | "GroupByPartition" >> beam.GroupByKey()
            | "WriteBatch" >> beam.FlatMapTuple(self._write).with_output_types(WrittenFile)
        )

    def _write(self, partition: Partition, polls: Iterable[FeedPoll]) -> Iterator[WrittenFile]:
        rows = sorted(polls, key=lambda poll: (poll.feed_url, poll.polled_at))
        name = batch_name(f"{poll.feed_url} {poll.polled_at.isoformat()}" for poll in rows)
        with batch(self.lake, self.lease):
            path = write_batch(self.lake, partition, FEED_POLLS, name, rows)
        yield WrittenFile(FEED_POLLS.name, path, len(rows))


def _first(poll: FeedPoll, _: Iterable[WrittenFile]) -> FeedPoll:
    return poll


def _partition(poll: FeedPoll) -> tuple[Partition, FeedPoll]:
    return Partition(poll.date, poll.source), poll
