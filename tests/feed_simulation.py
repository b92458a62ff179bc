"""Hours of simulated time over many feeds, with faults in many answers and kills in between.

The clock is injected, the requests are real, and each is written down: what was asked when, and what was answered.
"""

import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from feed_world import START, Clock, connected, now, page, resolve, rss, settings, sleep
from webserver import Reply, Request, Site

from pipeline.feeds import follow
from transforms import feed_poll_files, tables
from transforms.feed_memory import FeedMemory
from transforms.fetching import Limits
from transforms.politeness import BACK_OFF_SECS, HOST_DELAY_SECS, PAGE_BACK_OFF_SECS, POLL_SECS, http_date
from transforms.safe_addresses import host_of
from transforms.web import WebSettings, open_web

SIZE = os.environ.get("DEPECHE_SIMULATION")
FULL = SIZE is not None
FEEDS = 4 if SIZE is None else 200 if SIZE == "full" else int(SIZE)
HOURS = 2.0 if FULL else 0.4
FAULTY = 0.1 if FULL else 0.3
KILLS = 10 if FULL else 3
DRAW = () if FULL else (1776,)
"""Of the small world: one in which feeds are answered 429 and 503, and answers are cut."""
SETTLED = timedelta(minutes=20)
"""After the last article nothing is published and nothing fails: every feed is asked once more, and what failed arrives."""
PATIENCE = timedelta(hours=6)
CUT, CLOSED = 0, -1
"""In place of a status: an answer that breaks off; a connection that ends before an answer."""


def chance(*parts: object) -> float:
    """A number from 0 up to 1 that depends on `parts` alone."""
    return int(hashlib.sha256(repr(parts).encode()).hexdigest()[:8], 16) / 2**32


class Asked(NamedTuple):
    """One request, and what it was answered.

    Args:
        wait_secs: by ``Retry-After``, from then on; 0 without.
        kept: it came on a connection that had served another one.
    """

    moment: datetime
    host: str
    path: str
    status: int
    wait_secs: float
    kept: bool


@dataclass
class World:
    """Publishers, each on a host of its own, that publish an article now and then.

    Args:
        end: nothing is published and nothing fails after it.
        unchanged: the status of each answer to a poll that found the feed as the lake knows it.
        kills: when the process was killed.
        cycles: how many there were.
    """

    site: Site
    end: datetime
    log: list[Asked] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    kills: list[datetime] = field(default_factory=list)
    cycles: int = 0
    _validators: dict[str, str] = field(default_factory=dict)
    _counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def url(self, feed: int, path: str) -> str:
        return self.site.url(path, f"quais{feed}.example")

    def published(self, feed: int, until: datetime) -> list[int]:
        """Numbers of the articles of a feed that are out: one at the start, others every 20 to 60 minutes."""
        every = timedelta(minutes=20 + 40 * chance("every", feed))
        return [n for n in range(20) if START + n * every <= min(until, self.end)]

    def all_published(self) -> list[str]:
        return sorted(self.url(feed, f"/{n}") for feed in range(FEEDS) for n in self.published(feed, self.end))

    def answer(self, request: Request) -> Reply:
        feed = int(request.host.removeprefix("quais").removesuffix(".example"))
        self._counts[request.host, request.path] += 1
        reply = self._fault(request) or self._page(request, feed)
        status = reply.status if reply.raw is None else CUT if reply.raw else CLOSED
        self.log.append(Asked(Clock.now, request.host, request.path, status, _wait_secs(reply), request.kept))
        return reply

    def _fault(self, request: Request) -> Reply | None:
        draw = chance(*DRAW, request.host, request.path, self._counts[request.host, request.path])
        if draw >= FAULTY or Clock.now > self.end or request.path == "/robots.txt":
            return None
        faults = (
            Reply(500), Reply(503, headers={"Retry-After": "700"}),
            Reply(429, headers={"Retry-After": format_datetime(Clock.now + timedelta(seconds=95), usegmt=True)}),
            Reply(404), Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss"), Reply(raw=b""),
        )  # fmt: skip
        return faults[int(draw / FAULTY * len(faults))]

    def _page(self, request: Request, feed: int) -> Reply:
        if request.path == "/robots.txt":
            return Reply(404)
        numbers = self.published(feed, Clock.now)
        if request.path != "/fil":
            number = int(request.path[1:])
            assert number in numbers
            return Reply(body=page(f"Avis {feed} {number}"), headers={"Content-Type": "text/html"})
        etag = f'"{len(numbers)}"'
        if self._validators.get(request.host) == etag:
            self.unchanged.append(304 if request.headers.get("if-none-match") == etag else 200)
        self._validators[request.host] = etag
        if request.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag})
        body = rss(*((f"{feed}-{n}", self.url(feed, f"/{n}")) for n in reversed(numbers)))
        return Reply(body=body, headers={"ETag": etag})

    def process_was_killed(self, memory: FeedMemory) -> None:
        """From here on a poll can only be a 304 if the validators of the last one were written."""
        self.kills.append(Clock.now)
        last = memory.last_polls().values()
        self._validators = {host_of(poll.feed_url): poll.etag for poll in last if poll.etag is not None}

    def figures(self) -> str:
        """What happened, in one line."""
        statuses = [asked.status for asked in self.log]
        faults = sum(status not in (200, 304) and asked.path != "/robots.txt" for asked, status in zip(self.log, statuses, strict=True))  # fmt: skip
        unchanged = f"{self.unchanged.count(304)} of {len(self.unchanged)} unchanged polls were 304"
        return (
            f"{FEEDS} feeds, {len(self.all_published())} articles, {len(self.log)} requests, {faults} faults, "
            f"{self.cycles} cycles, {len(self.kills)} kills, {unchanged}"
        )


def _wait_secs(reply: Reply) -> float:
    written = reply.headers.get("Retry-After", "0")
    moment = None if written.isdigit() else http_date(written)
    return float(written) if moment is None else (moment - Clock.now).total_seconds()


class KilledError(Exception):
    """Stands for the end of the process."""


def simulate(lake: Path, site: Site, monkeypatch: pytest.MonkeyPatch, kills: int = 0) -> World:
    """Follow the feeds of a world to its end, in a new process after each of so many kills."""
    Clock.now = START
    open_web.cache_clear()
    world = World(site, START + timedelta(hours=HOURS))
    site.otherwise = world.answer
    limits = Limits(connect_secs=5, silence_secs=5, total_secs=10)
    web = WebSettings(
        allow_loopback=True, threads=1, limits=limits, now=now, sleep=sleep, resolve=resolve, connected=connected
    )
    stop, memory = threading.Event(), FeedMemory(str(lake), now)
    writes = 0
    # Spread over the time, each at another write: of articles, of rejects, of polls, the first of a cycle or the fifth.
    moments = [START + n * timedelta(hours=HOURS) / max(kills, 1) for n in range(kills)]

    def killing(real: Callable[..., str]) -> Callable[..., str]:
        def write(*arguments: object) -> str:
            nonlocal writes
            writes += 1
            if moments and Clock.now >= moments[0] and writes % (1 + len(moments) % 5) == 0:
                moments.pop(0)
                raise KilledError
            return real(*arguments)

        return write

    def wait(secs: float) -> None:
        world.cycles += 1
        sleep(secs)
        polls = memory.last_polls().values()
        waiting = any(poll.pending or poll.error or poll.polled_at <= world.end for poll in polls)
        if Clock.now > world.end + (PATIENCE if waiting else SETTLED):
            stop.set()

    for module, write in ((feed_poll_files, "write_batch"), (tables, "write_batch"), (tables, "write_file")):
        monkeypatch.setattr(module, write, killing(getattr(module, write)))
    urls = [world.url(feed, "/fil") for feed in range(FEEDS)]
    while not stop.is_set():
        try:
            follow(settings(lake, follow=True), urls, web, stop, lambda summary: None, wait)
        except (KilledError, RuntimeError) as error:
            if "KilledError" not in repr(error):
                raise
            open_web.cache_clear()  # a new process remembers nothing but what is in the lake's folder
            world.process_was_killed(memory)
            sleep(0.2)
    return world


def too_early(world: World) -> Iterator[tuple[float, Asked, Asked]]:
    """Requests that came too early, for their host or for what the same address was answered before: how many seconds
    must lie between the two, and both."""
    by_host, by_url = defaultdict(list), defaultdict(list)
    for asked in world.log:
        by_host[asked.host].append(asked)
        by_url[asked.host, asked.path].append(asked)
    for requests, least in ((by_host, _between_requests), (by_url, _between_visits)):
        for asked in requests.values():
            for before, after in pairwise(asked):
                killed = any(before.moment <= kill <= after.moment for kill in world.kills)
                secs = least(before, killed)
                if (after.moment - before.moment).total_seconds() < secs:
                    yield secs, before, after


def _between_requests(before: Asked, _: bool) -> float:
    return max(HOST_DELAY_SECS, before.wait_secs)


def _between_visits(before: Asked, killed: bool) -> float:
    """Seconds for which an address is left alone after an answer.

    Args:
        killed: the process has ended meanwhile, perhaps before it had written what a good answer brought: that is asked
            for again, but not at once.
    """
    if before.status == CLOSED and before.kept:  # asked again on a new connection (RFC 9112, 9.3.1)
        return HOST_DELAY_SECS
    if before.path == "/fil":
        if before.status in (200, 304):
            return BACK_OFF_SECS if killed else POLL_SECS
        return before.wait_secs or BACK_OFF_SECS
    if before.status == 200:
        return 0 if killed else float("inf")
    return 0 if before.path == "/robots.txt" else PAGE_BACK_OFF_SECS
