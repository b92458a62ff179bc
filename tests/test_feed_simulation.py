"""Hours of simulated time over many feeds with faults in many answers, and kills in between.

The clock is injected, the requests are real. The suite runs a small world; DEPECHE_SIMULATION=full runs two hours over
200 feeds with faults in a tenth of the answers, which takes half an hour; DEPECHE_SIMULATION=50 over so many feeds.
"""

import hashlib
import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from feed_world import START, Clock, connected, now, page, resolve, rss, settings, sleep
from test_end_to_end import rows
from webserver import Reply, Request, Site

from pipeline.feeds import follow
from transforms import feed_poll_files as feeds_module
from transforms import tables as tables_module
from transforms.feed_memory import FeedMemory
from transforms.fetching import Limits
from transforms.politeness import BACK_OFF_SECS, HOST_DELAY_SECS, PAGE_BACK_OFF_SECS
from transforms.safe_addresses import host_of
from transforms.web import WebSettings, open_web

SIZE = os.environ.get("DEPECHE_SIMULATION")
FULL = SIZE is not None
FEEDS = 4 if SIZE is None else 200 if SIZE == "full" else int(SIZE)
HOURS = 2.0 if FULL else 0.4
FAULTY = 0.1 if FULL else 0.3
SETTLED = timedelta(minutes=20)
"""After the last article nothing is published and nothing fails: every feed is asked once more, and what failed arrives."""
PATIENCE = timedelta(hours=6)
CLOSED = -1
"""In place of a status: a connection that ended before an answer. If it was a kept one, the client asks once more on a
new one, after the host's delay (RFC 9112, 9.3.1)."""


def chance(*parts: object) -> float:
    return int(hashlib.sha256(repr(parts).encode()).hexdigest()[:8], 16) / 2**32


@dataclass
class World:
    """Publishers, each on a host of its own, that publish an article now and then."""

    site: Site
    end: datetime
    log: list[tuple[datetime, str, str, int, int]] = field(default_factory=list)
    validators: dict[str, str] = field(default_factory=dict)
    unchanged: list[int] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def url(self, feed: int, path: str) -> str:
        return self.site.url(path, f"quais{feed}.example")

    def published(self, feed: int, until: datetime) -> list[int]:
        """Numbers of the articles of a feed that are out: one at the start, others every 20 to 60 minutes."""
        every = timedelta(minutes=20 + 40 * chance("every", feed))
        return [n for n in range(20) if START + n * every <= min(until, self.end)]

    def answer(self, request: Request) -> Reply:
        feed = int(request.host.removeprefix("quais").removesuffix(".example"))
        self.counts[request.host, request.path] += 1
        reply = self._fault(request) or self._page(request, feed)
        wait = int(reply.headers.get("Retry-After", "0"))
        status = reply.status if reply.raw is None else 0 if reply.raw else CLOSED
        self.log.append((Clock.now, request.host, request.path, status, wait))
        return reply

    def _fault(self, request: Request) -> Reply | None:
        draw = chance(request.host, request.path, self.counts[request.host, request.path])
        if draw >= FAULTY or Clock.now > self.end or request.path == "/robots.txt":
            return None
        faults = (
            Reply(500), Reply(503, headers={"Retry-After": "700"}), Reply(429, headers={"Retry-After": "95"}), Reply(404),
            Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss"), Reply(raw=b""),
        )  # fmt: skip
        return faults[int(draw / FAULTY * len(faults))]

    def process_was_killed(self, memory: FeedMemory) -> None:
        """From here on a poll can only be a 304 if the validators of the last one were written."""
        last = memory.last_polls().values()
        self.validators = {host_of(poll.feed_url): poll.etag for poll in last if poll.etag is not None}

    def _page(self, request: Request, feed: int) -> Reply:
        if request.path == "/robots.txt":
            return Reply(404)
        numbers = self.published(feed, Clock.now)
        if request.path != "/fil":
            number = int(request.path[1:])
            assert number in numbers
            return Reply(body=page(f"Avis {feed} {number}"), headers={"Content-Type": "text/html"})
        etag = f'"{len(numbers)}"'
        if self.validators.get(request.host) == etag:
            self.unchanged.append(304 if request.headers.get("if-none-match") == etag else 200)
        self.validators[request.host] = etag
        if request.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag})
        body = rss(*((f"{feed}-{n}", self.url(feed, f"/{n}")) for n in reversed(numbers)))
        return Reply(body=body, headers={"ETag": etag})


class KilledError(Exception):
    """Stands for the end of the process."""


def simulate(lake: Path, site: Site, monkeypatch: pytest.MonkeyPatch, kills: int = 0) -> World:
    Clock.now = START
    open_web.cache_clear()
    world = World(site, START + timedelta(hours=HOURS))
    site.otherwise = world.answer
    limits = Limits(connect_secs=5, silence_secs=5, total_secs=10)
    web = WebSettings(
        allow_loopback=True, threads=1, limits=limits, now=now, sleep=sleep, resolve=resolve, connected=connected
    )
    stop, memory = threading.Event(), FeedMemory(str(lake))
    writes = 0
    # Spread over the time, each at another write: of articles, of rejects, of polls, the first of a cycle or the fifth.
    moments = [START + n * timedelta(hours=HOURS) / max(kills, 1) for n in range(kills)]

    def writing(module):
        real = module.write_batch

        def write(*arguments):
            nonlocal writes
            writes += 1
            if moments and Clock.now >= moments[0] and writes % (1 + len(moments) % 5) == 0:
                moments.pop(0)
                raise KilledError
            return real(*arguments)

        return write

    def wait(secs: float) -> None:
        sleep(secs)
        polls = memory.last_polls().values()
        waiting = any(poll.pending or poll.error or poll.polled_at <= world.end for poll in polls)
        if Clock.now > world.end + (PATIENCE if waiting else SETTLED):
            stop.set()

    for module in (feeds_module, tables_module):
        monkeypatch.setattr(module, "write_batch", writing(module))
    urls = [world.url(feed, "/fil") for feed in range(FEEDS)]
    lives = 0
    while not stop.is_set():
        lives += 1
        try:
            follow(settings(lake, follow=True), urls, web, stop, lambda summary: None, wait)
        except (KilledError, RuntimeError) as error:
            if "KilledError" not in repr(error):
                raise
            open_web.cache_clear()  # a new process remembers nothing but what is in the lake's folder
            world.process_was_killed(memory)
            sleep(0.2)
    assert lives == kills + 1
    return world


@pytest.fixture(scope="module")
def site():
    server = Site()
    yield server
    server.close()
    assert set(Clock.connections) <= {"127.0.0.1"}


@dataclass
class Run:
    """A simulation that has ended."""

    lake: Path
    world: World


@pytest.fixture(scope="module")
def whole(site, tmp_path_factory) -> Run:
    lake = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        return Run(lake, simulate(lake, site, patch))


@pytest.fixture(scope="module")
def killed(site, tmp_path_factory) -> Run:
    lake = tmp_path_factory.mktemp("killed")
    with pytest.MonkeyPatch.context() as patch:
        return Run(lake, simulate(lake, site, patch, kills=10 if FULL else 3))


def articles(lake) -> list[tuple]:
    columns = "article_id, version_id, url, title, text, feed_url, feed_entry_id, published_at"
    return rows(lake, f"SELECT {columns} FROM articles ORDER BY ALL")


def too_early(world: World, after_success_secs: float) -> list[tuple]:
    """Requests that came too early: for their host, or for what was answered to the same address before.

    Args:
        after_success_secs: how long a feed is to be left alone after a good answer.
    """
    by_host, by_url = defaultdict(list), defaultdict(list)
    for moment, host, path, status, wait in world.log:
        by_host[host].append((moment, wait))
        by_url[host, path].append((moment, status, wait))
    early = []
    for host, requests in by_host.items():
        for (before, wait), (after, _) in pairwise(requests):
            if after - before < timedelta(seconds=max(HOST_DELAY_SECS, wait)):
                early.append((host, before, after, wait))
    for (host, path), requests in by_url.items():
        for (before, status, wait), (after, *_) in pairwise(requests):
            if path == "/fil":
                least = after_success_secs if status in (200, 304) else wait or BACK_OFF_SECS
            else:
                least = 0 if status == 200 or path == "/robots.txt" else PAGE_BACK_OFF_SECS
            if status == CLOSED:
                least = HOST_DELAY_SECS
            if after - before < timedelta(seconds=least):
                early.append((host, path, status, before, after, wait))
    return early


def test_two_hours__every_article_once(site, whole):
    expected = sorted(
        whole.world.url(feed, f"/{n}") for feed in range(FEEDS) for n in whole.world.published(feed, whole.world.end)
    )
    assert sorted(url for _, _, url, *_ in articles(whole.lake)) == expected
    assert len([path for *_, path, status, _ in whole.world.log if path[1:].isdigit() and status == 200]) == len(
        expected
    )


def test_two_hours__every_rule_kept(site, whole):
    assert whole.world.unchanged.count(304) >= 0.9 * len(whole.world.unchanged) > 0
    assert set(site.most_at_once.values()) == {1}
    assert {0, 429} <= {status for *_, status, _ in whole.world.log}
    assert too_early(whole.world, after_success_secs=900) == []


def test_killed_again_and_again__the_same_articles(whole, killed):
    assert articles(killed.lake) == articles(whole.lake)


def test_killed_again_and_again__every_rule_kept(site, killed):
    assert killed.world.unchanged.count(304) >= 0.9 * len(killed.world.unchanged) > 0
    assert set(site.most_at_once.values()) == {1}
    assert {0, 429} <= {status for *_, status, _ in killed.world.log}
    # An answer that was lost with its process is asked for again, but not at once.
    assert too_early(killed.world, after_success_secs=BACK_OFF_SECS) == []
