"""Hours of simulated time over many feeds with faults in many answers, and kills in between.

The clock is injected, the requests are real. The suite runs a small world; DEPECHE_SIMULATION=full runs two hours over
200 feeds
with faults in a tenth of the answers, which takes a quarter of an hour.
"""

import hashlib
import os
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from test_end_to_end import rows
from test_feeds import START, Clock, connected, now, page, resolve, rss, settings, sleep
from webserver import Reply, Request, Site

from pipeline.feeds import follow
from transforms import feed_poll_files as feeds_module
from transforms import tables as tables_module
from transforms.feed_memory import FeedMemory
from transforms.fetching import Limits
from transforms.politeness import BACK_OFF_SECS, HOST_DELAY_SECS, PAGE_BACK_OFF_SECS
from transforms.web import WebSettings, open_web

FULL = os.environ.get("DEPECHE_SIMULATION") == "full"
FEEDS = 200 if FULL else 4
HOURS = 2.0 if FULL else 0.4
FAULTY = 0.1 if FULL else 0.3
SETTLED = timedelta(minutes=20)
"""After the last article nothing is published and nothing fails: every feed is asked once more, and what failed arrives."""
PATIENCE = timedelta(hours=6)


def chance(*parts: object) -> float:
    return int(hashlib.sha256(repr(parts).encode()).hexdigest()[:8], 16) / 2**32


@dataclass
class World:
    """Publishers, each on a host of its own, that publish an article now and then."""

    site: Site
    end: datetime
    faulty: bool = True
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
        self.log.append((Clock.now, request.host, request.path, 0 if reply.raw is not None else reply.status, wait))
        return reply

    def _fault(self, request: Request) -> Reply | None:
        draw = chance(request.host, request.path, self.counts[request.host, request.path])
        if not self.faulty or draw >= FAULTY or Clock.now > self.end or request.path == "/robots.txt":
            return None
        faults = (
            Reply(500), Reply(503, headers={"Retry-After": "700"}), Reply(429, headers={"Retry-After": "95"}), Reply(404),
            Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss"), Reply(raw=b""),
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
        if self.validators.get(request.host) == etag:
            self.unchanged.append(304 if request.headers.get("if-none-match") == etag else 200)
        self.validators[request.host] = etag
        if request.headers.get("if-none-match") == etag:
            return Reply(304, headers={"ETag": etag})
        body = rss(*((f"{feed}-{n}", self.url(feed, f"/{n}")) for n in reversed(numbers)))
        return Reply(body=body, headers={"ETag": etag})


class KilledError(Exception):
    """Stands for the end of the process."""


def simulate(lake, site: Site, monkeypatch, kills: int = 0, faulty: bool = True) -> World:
    Clock.now = START
    open_web.cache_clear()
    world = World(site, START + timedelta(hours=HOURS), faulty)
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
            open_web.cache_clear()  # a new process remembers nothing but the lake
            sleep(5)
    monkeypatch.undo()
    assert lives == kills + 1
    return world


@pytest.fixture
def site():
    server = Site()
    yield server
    server.close()
    assert set(Clock.connections) <= {"127.0.0.1"}


def articles(lake) -> list[tuple]:
    return rows(lake, "SELECT url, title, text, feed_url, feed_entry_id, published_at FROM articles ORDER BY ALL")


def test_two_hours__every_article_once_and_every_rule_kept(site, tmp_path, monkeypatch):
    world = simulate(tmp_path / "lake", site, monkeypatch)
    expected = sorted(world.url(feed, f"/{n}") for feed in range(FEEDS) for n in world.published(feed, world.end))
    assert [row[0] for row in articles(tmp_path / "lake")] == expected

    assert world.unchanged.count(304) >= 0.9 * len(world.unchanged) > 0
    assert set(site.most_at_once.values()) == {1}
    assert sum(status not in (200, 304, 404) for *_, status, _ in world.log) > 0

    by_host, by_url = defaultdict(list), defaultdict(list)
    for moment, host, path, status, wait in world.log:
        by_host[host].append((moment, wait))
        by_url[host, path].append((moment, status, wait))
    for requests in by_host.values():
        for (before, wait), (after, _) in pairwise(requests):
            assert after - before >= timedelta(seconds=max(HOST_DELAY_SECS, wait))
    for (_, path), requests in by_url.items():
        for (before, status, wait), (after, *_) in pairwise(requests):
            after_feed = 900 if status in (200, 304) else wait or BACK_OFF_SECS
            least = after_feed if path == "/fil" else PAGE_BACK_OFF_SECS
            assert path == "/robots.txt" or after - before >= timedelta(seconds=least)


def test_killed_again_and_again__the_same_articles(site, tmp_path, monkeypatch):
    simulate(tmp_path / "killed", site, monkeypatch, kills=10 if FULL else 2)
    simulate(tmp_path / "whole", site, monkeypatch, faulty=False)
    assert articles(tmp_path / "killed") == articles(tmp_path / "whole")
