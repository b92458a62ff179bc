"""Read feeds once: poll those that are due, fetch the pages of new entries, and say what to remember."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import DoOutputsTuple, PBegin, PCollection, TaggedOutput

from schemas.feed_poll import FeedPoll
from schemas.partition import slug
from transforms.feed_entries import entry_uri
from transforms.feed_polls import FeedTask, PageTask, Polled, with_failures
from transforms.feed_reading import PAGES, POLLS, FeedSettings, GuardedParsing, ask_feed, page_outputs, poll_outputs
from transforms.hosts import in_turns
from transforms.known_pages import fresh_pages
from transforms.metrics import Counter, count
from transforms.pages import PageOutcome, fetch_page
from transforms.rejects import REJECTS
from transforms.safe_addresses import host_of
from transforms.sources import publisher
from transforms.web import open_web

FAILED = "failed"


class _PollFeeds(beam.DoFn):
    def __init__(self, settings: FeedSettings) -> None:
        super().__init__()
        self._settings = settings
        self._parse: GuardedParsing | None = None

    def setup(self) -> None:
        self._parse = GuardedParsing()

    def process(self, shard: tuple[int, Iterable[FeedTask]]) -> Iterator[Any]:
        web = open_web(self._settings.web)
        web.new_round()
        by_host: dict[str, list[FeedTask]] = {}
        for task in sorted(shard[1], key=lambda task: task.feed_url):
            by_host.setdefault("" if task.is_local else host_of(task.address), []).append(task)
        for polled in in_turns(by_host, self._poll, web.hosts, web.settings.now, web.settings.threads):
            yield from poll_outputs(polled, self._settings)

    def _poll(self, task: FeedTask) -> Polled:
        if self._parse is None:
            raise RuntimeError("setup() was not called")
        return ask_feed(task, open_web(self._settings.web), self._parse, self._settings.poll_secs)

    def teardown(self) -> None:
        if self._parse is not None:
            self._parse.close()
            self._parse = None


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
        yield from page_outputs(outcome)
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
        pages: pages to be fetched besides, once: what fails of them is a reject and in no feed's memory.
    """

    due: Sequence[FeedTask]
    settings: FeedSettings
    pages: Sequence[PageTask] = ()

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
        pages = (
            polled[PAGES],
            start | "Pages" >> beam.Create(list(self.pages), reshuffle=False).with_output_types(PageTask),
        )
        fetched: DoOutputsTuple = (
            pages
            | "GatherPages" >> beam.Flatten()
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
