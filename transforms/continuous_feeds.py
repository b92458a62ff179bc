"""Read feeds for as long as the job runs: each site is a key, its memory is state, its next request is a timer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam
from apache_beam.coders import PickleCoder
from apache_beam.pvalue import DoOutputsTuple, PCollection, TaggedOutput
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import ReadModifyWriteStateSpec, TimerSpec, on_timer
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp

from schemas.partition import slug
from transforms.feed_polls import FeedTask, PageTask
from transforms.feed_reading import PAGES, POLLS, FeedSettings, GuardedParsing, ask_feed, page_outputs, poll_outputs
from transforms.known_pages import fresh_pages
from transforms.metrics import Counter, count
from transforms.pages import fetch_page
from transforms.politeness import BACK_OFF_SECS, back_off
from transforms.rejects import REJECTS
from transforms.site_visits import (
    ANNOUNCE_SECS,
    Site,
    Turns,
    announce,
    enqueue,
    host_of_task,
    next_visit,
    polled,
    row,
    site_of,
    visited,
    wakes_in_time,
    whole_second,
    with_manners,
)
from transforms.sources import publisher
from transforms.web import Web, open_web

MAX_EARLY_SECS = 10.0
"""Clocks of workers differ by less. A timer that fires earlier than that fires because the job is drained."""


@dataclass
class ReadFeedsContinuously(beam.PTransform[PCollection[Any], dict[str, PCollection[Any]]]):
    """Poll feeds whenever they are due and read their new entries as documents.

    Input: the ticks of a clock (`transforms.ticks`). Outputs, by name, unbounded: ``documents`` (`RawDocument`),
    `REJECTS` (`Rejection`) and `POLLS` (`FeedPoll`), stamped by the time of their arrival, in the global window.
    Every entry counts once in `documents_read`, and is a document, known, or a reject.

    Beam contract: stateful, keyed by site (registered domain), event-time timers; so a site has one request at a time
    in each of the two steps that make requests, however many workers there are. The first step polls the feeds of a
    site and fetches the pages that they have there; the second fetches the pages that they have elsewhere, and if that
    site has feeds too, the two share the hour (`politeness.turn_opens`). The network and the clock make it
    not deterministic. A bundle that is retried makes its requests again; what it brings again has the same ids.
    Nothing it emits can be late: an output is stamped `MAX_EARLY_SECS` after the clock, and no earlier than its input,
    so that no watermark that follows a clock has passed it, whichever worker's clock that is.

    Rejected when, metrics: as `transforms.feeds.ReadFeeds`.

    Args:
        feeds: the feeds, with what is remembered of them if the lake knows them.
        settings: see `transforms.feed_reading.FeedSettings`.
    """

    feeds: Sequence[FeedTask]
    settings: FeedSettings

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, ticks: PCollection[Any]) -> dict[str, PCollection[Any]]:
        sites = frozenset(site_of(task.feed_url) for task in self.feeds if not task.is_local)
        own, guests = (self._in_turns(Turns(sites, guest)) for guest in (False, True))
        fed: DoOutputsTuple = (
            ticks
            | "Announce" >> beam.ParDo(_Announce(self.feeds)).with_output_types(tuple[str, FeedTask | PageTask])
            | "VisitFeeds" >> beam.ParDo(_VisitSites(own)).with_outputs(PAGES, POLLS, REJECTS, main="documents")
        )
        fetched: DoOutputsTuple = (
            fed[PAGES]
            | "KeyPagesBySite" >> beam.Map(_key_page).with_output_types(tuple[str, FeedTask | PageTask])
            | "VisitPages" >> beam.ParDo(_VisitSites(guests)).with_outputs(PAGES, POLLS, REJECTS, main="documents")
        )
        return {
            "documents": (fed.documents, fetched.documents) | "GatherDocuments" >> beam.Flatten(),
            REJECTS: (fed[REJECTS], fetched[REJECTS]) | "GatherRejects" >> beam.Flatten(),
            POLLS: fed[POLLS],
        }

    def _in_turns(self, turns: Turns) -> FeedSettings:
        if len(turns.shared) < 2:  # nobody links to the site of another feed
            return self.settings
        return replace(self.settings, web=replace(self.settings.web, opens=turns))


class _Announce(beam.DoFn):
    """Says which feeds are wanted, at the first tick in every span of `ANNOUNCE_SECS`."""

    def __init__(self, feeds: Sequence[FeedTask]) -> None:
        super().__init__()
        self._feeds = list(feeds)
        self._said: int | None = None

    def process(self, _: Any, timestamp=beam.DoFn.TimestampParam):  # type: ignore[no-untyped-def]
        span = timestamp.micros // 1_000_000 // ANNOUNCE_SECS
        if span != self._said:
            self._said = span  # in this process: said more often than needed does no harm
            for task in self._feeds:
                yield "" if task.is_local else site_of(task.feed_url), task


def _key_page(task: PageTask) -> tuple[str, FeedTask | PageTask]:
    return site_of(task.given.url or ""), task


class _VisitSites(beam.DoFn):
    """Keeps the memory of each site and makes its requests, one at each firing of its timer."""

    SITE = ReadModifyWriteStateSpec("site", PickleCoder())
    NEXT = TimerSpec("next", TimeDomain.WATERMARK)

    def __init__(self, settings: FeedSettings) -> None:
        super().__init__()
        self._settings = settings
        self._parse: GuardedParsing | None = None

    def setup(self) -> None:
        self._parse = GuardedParsing()

    def teardown(self) -> None:
        if self._parse is not None:
            self._parse.close()
            self._parse = None

    def process(  # type: ignore[no-untyped-def]
        self,
        element: tuple[str, FeedTask | PageTask],
        timestamp=beam.DoFn.TimestampParam,
        state=beam.DoFn.StateParam(SITE),
        timer=beam.DoFn.TimerParam(NEXT),
    ):
        """Note a feed or a page that is wanted; the timer does the rest."""
        _, task = element
        site: Site = state.read() or Site()
        if isinstance(task, FeedTask):
            site = announce(site, task, timestamp.to_utc_datetime(has_tz=True))
        else:
            site = _noted(site, task)
        state.write(self._woken(timer, site))

    @on_timer(NEXT)
    def visit(  # type: ignore[no-untyped-def]
        self,
        key=beam.DoFn.KeyParam,
        timestamp=beam.DoFn.TimestampParam,
        state=beam.DoFn.StateParam(SITE),
        timer=beam.DoFn.TimerParam(NEXT),
    ):
        """Make the next request, if its moment has come."""
        site: Site = replace(state.read() or Site(), wakes_at=None)
        web = open_web(self._settings.web)
        now = web.settings.now()
        due = next_visit(self._recalled(site, web), web.hosts, now)
        # Put off after the timer was set. A timer may fire seconds late, and what may start at once starts "now": it
        # would be put off for ever if it were compared with the timer's moment alone.
        if due is not None and due.moment > max(timestamp.to_utc_datetime(has_tz=True), now):
            state.write(self._woken(timer, site))
            return
        early = (due.moment - now).total_seconds() if due is not None else 0.0
        if due is None or early > MAX_EARLY_SECS:
            state.write(site)
            return
        if early > 0:
            web.settings.sleep(early)
        site, outputs = self._ask(key, site, due.task, web)
        state.write(self._woken(timer, site))
        arrival = max(Timestamp.of(web.settings.now().timestamp()) + MAX_EARLY_SECS, timestamp)
        for output in outputs:
            if isinstance(output, TaggedOutput):
                yield TaggedOutput(output.tag, TimestampedValue(output.value, arrival))
            else:
                yield TimestampedValue(output, arrival)

    def _ask(self, key: str, site: Site, task: FeedTask | PageTask, web: Web) -> tuple[Site, list[Any]]:
        """The site after one request, and what the request has brought."""
        host = host_of_task(task)
        outputs: list[Any] = []
        found = self._poll(task, web) if isinstance(task, FeedTask) else self._fetch(task, web)
        if web.is_down(host):  # not to be tried for every page of it, but for the next one after a while
            web.hosts.rest(host, web.settings.now() + back_off(host, 1, BACK_OFF_SECS))
            web.new_round()
        if isinstance(task, PageTask):
            site = visited(site, task, next((output for output in found if isinstance(output, PageTask)), None))
            outputs = [output for output in found if not isinstance(output, PageTask)]
        else:
            for output in found:
                if isinstance(output, TaggedOutput) and output.tag == PAGES and _key_page(output.value)[0] == key:
                    site = _noted(site, output.value)
                elif isinstance(output, TaggedOutput) and output.tag == POLLS:
                    site = polled(site, output.value)
                    outputs.append(TaggedOutput(POLLS, row(output.value, site)))
                else:
                    outputs.append(output)
        return with_manners(site, host, web.hosts), outputs

    def _poll(self, task: FeedTask, web: Web) -> list[Any]:
        if self._parse is None:
            raise RuntimeError("setup() was not called")
        return list(poll_outputs(ask_feed(task, web, self._parse, self._settings.poll_secs), self._settings))

    def _fetch(self, task: PageTask, web: Web) -> list[Any]:
        count(Counter.DOCUMENTS_READ)
        if not fresh_pages([task], self._settings.lake):
            count(Counter.ENTRIES_KNOWN, slug(publisher(task.given.url, task.given.source)))
            return []
        outcome = fetch_page(task, web)
        return [*page_outputs(outcome), *([outcome.again] if outcome.again is not None else [])]

    def _recalled(self, site: Site, web: Web) -> Site:
        for host, memory in site.hosts.items():
            web.hosts.recall(host, memory)
        return site

    def _woken(self, timer: Any, site: Site) -> Site:
        """The site with its timer set for its next request."""
        web = open_web(self._settings.web)
        now = web.settings.now()
        due = next_visit(self._recalled(site, web), web.hosts, now)
        if due is None or wakes_in_time(site, moment := whole_second(due.moment), now):
            return site
        timer.set(Timestamp.of(moment.timestamp()))
        return replace(site, wakes_at=moment)


def _noted(site: Site, task: PageTask) -> Site:
    wanted = enqueue(site, task)
    if wanted is None:
        count(Counter.DOCUMENTS_READ)
        count(Counter.ENTRIES_KNOWN, slug(publisher(task.given.url, task.given.source)))
        return site
    return wanted
