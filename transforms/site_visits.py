"""What a continuous run remembers of one site, and which request is next: pure functions.

A site is a registered domain: all its hosts are visited by one worker, one request after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from schemas.feed_poll import FeedPoll
from schemas.identity import content_id
from transforms.addresses import canonical_address
from transforms.feed_entries import KEY_CHARS
from transforms.feed_memory import due_at, resting_hosts
from transforms.feed_polls import FeedTask, PageTask
from transforms.hosts import HostMemory, Hosts
from transforms.politeness import turn_opens
from transforms.safe_addresses import host_of
from transforms.sources import registered_domain

MAX_ASKED = 2_000
"""Addresses of a site that are remembered as asked for: the newest. Older ones the lake knows."""
ANNOUNCE_SECS = 600
"""A feed is announced again after so many seconds, so that a job that is updated may have other feeds."""
FORGOTTEN = timedelta(seconds=3 * ANNOUNCE_SECS)
"""A feed that was not announced for so long is no longer polled."""


@dataclass(frozen=True, slots=True)
class Site:
    """The memory of one site; a value, kept as the state of its key.

    Args:
        feeds: by address, each with its last poll.
        announced: by address: when a feed was last said to be wanted.
        waiting: pages to be fetched, in the order in which they were found.
        asked: keys of the pages that were ever put into `waiting`, oldest first, at most `MAX_ASKED`.
        hosts: manners, by host.
        wakes_at: what its timer is set for; None while it is not set.
    """

    feeds: Mapping[str, FeedTask] = field(default_factory=dict)
    announced: Mapping[str, datetime] = field(default_factory=dict)
    waiting: tuple[PageTask, ...] = ()
    asked: tuple[str, ...] = ()
    hosts: Mapping[str, HostMemory] = field(default_factory=dict)
    wakes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """The next request of a site, and when it may start."""

    moment: datetime
    task: FeedTask | PageTask


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turn it is at a site that is visited by the step that polls its feeds, and by the one that fetches pages
    which feeds of other sites link to. The two know nothing of each other.

    Args:
        shared: the sites that have feeds.
        guest: whether this is the other step.
    """

    shared: frozenset[str]
    guest: bool

    def __call__(self, host: str, now: datetime) -> datetime:
        """From when on `host` may be asked; a host that only one step can visit, always."""
        return turn_opens(now, self.guest) if site_of(f"http://{host}/") in self.shared else now


def site_of(url: str) -> str:
    """The key under which `url` is visited; "" for feeds that are files."""
    return registered_domain(url) or ""


def host_of_task(task: FeedTask | PageTask) -> str:
    """The host that a task asks first; "" for a file."""
    if isinstance(task, PageTask):
        return host_of(task.given.url or "")
    return "" if task.is_local else host_of(task.address)


def announce(site: Site, task: FeedTask, moment: datetime) -> Site:
    """The site with a feed that is wanted; one that is known keeps its memory."""
    feeds = site.feeds if task.feed_url in site.feeds else {**site.feeds, task.feed_url: task}
    return replace(site, feeds=feeds, announced={**site.announced, task.feed_url: moment})


def enqueue(site: Site, task: PageTask) -> Site | None:
    """The site with a page to be fetched; None if it was asked for already."""
    key = page_key(task)
    if key in site.asked:
        return None
    return replace(site, waiting=(*site.waiting, task), asked=(*site.asked, key)[-MAX_ASKED:])


def page_key(task: PageTask) -> str:
    """What a page is remembered by: its address without what does not matter in it."""
    address = canonical_address(task.given.url) or task.given.url or ""
    return content_id("page", address)[:KEY_CHARS]


def next_visit(site: Site, hosts: Hosts, now: datetime) -> Next | None:
    """The request that may start first; feeds before pages, then in order."""
    wanted = [task for url, task in sorted(site.feeds.items()) if site.announced[url] > now - FORGOTTEN]
    resting = resting_hosts(wanted)
    found = [Next(max(due, _free(task, hosts, now)), task) for task in wanted if (due := due_at(task, resting, now))]
    found += [Next(max(task.due_at, _free(task, hosts, now)), task) for task in site.waiting]
    return min(found, key=lambda visit: visit.moment, default=None)


def wakes_in_time(site: Site, moment: datetime, now: datetime) -> bool:
    """Whether the timer of a site is set for `moment` or earlier, and will fire.

    It is not set anew then: where timers fire seconds after their moment, a site that is told of something every second
    would else be put off again and again. One that is overdue by half an hour is taken for lost.
    """
    return site.wakes_at is not None and now - FORGOTTEN < site.wakes_at <= moment


def _free(task: FeedTask | PageTask, hosts: Hosts, now: datetime) -> datetime:
    host = host_of_task(task)
    return hosts.free_at(host, now) if host else now


def polled(site: Site, poll: FeedPoll) -> Site:
    """The site after a poll."""
    return replace(site, feeds={**site.feeds, poll.feed_url: FeedTask(poll.feed_url, poll)})


def visited(site: Site, task: PageTask, again: PageTask | None) -> Site:
    """The site after an attempt at a page."""
    left = [other for other in site.waiting if other != task]
    return replace(site, waiting=tuple(left if again is None else [*left, again]))


def with_manners(site: Site, host: str, hosts: Hosts) -> Site:
    """The site with what is now known of one of its hosts."""
    return replace(site, hosts={**site.hosts, host: hosts.memory(host)}) if host else site


def row(poll: FeedPoll, site: Site) -> FeedPoll:
    """The poll as it is written to the lake by a continuous run.

    What was seen is left out: it is true only together with the state of the run, which may be lost when the run is
    ended without a savepoint. Whoever goes on from the lake then reads the feeds whole again and knows the articles
    by their ids. What is left is what politeness needs, and the pages that still wait.
    """
    waiting = (task.to_json() for task in site.waiting if task.given.feed_url == poll.feed_url)
    return replace(unseen(poll), pending=tuple(sorted({*poll.pending, *waiting})))


def unseen(poll: FeedPoll) -> FeedPoll:
    """The poll without what it has seen."""
    return replace(poll, etag=None, last_modified=None, body_sha256=None, conditional_polls=0, seen=())


def whole_second(moment: datetime) -> datetime:
    """The first whole second from `moment` on: timers know no microseconds."""
    return moment.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=bool(moment.microsecond))
