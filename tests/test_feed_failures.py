"""Feeds and pages that fail, rest, move or end: when they are asked again, in whole cycles."""

import itertools
from datetime import timedelta
from functools import partial

import pytest
from feed_world import (
    START,
    Clock,
    cycle,
    feed_with_pages,
    last,
    page,
    rows,
    rss,
)
from feed_world import site as site
from feed_world import web as web
from webserver import Reply, Request, Site

from transforms import feeds
from transforms.feed_memory import FeedMemory, due_tasks
from transforms.feed_polls import FeedTask, PageTask
from transforms.feed_reading import GuardedParsing
from transforms.politeness import back_off
from transforms.safe_addresses import host_of

CONTENT = "http://purl.org/rss/1.0/modules/content/"


def test_cycle__page_that_fails__is_tried_again_when_it_is_time_and_then_left(site, web, tmp_path):
    url = feed_with_pages(site, guids="1")
    site.routes["quais.example", "/1"] = Reply(500)
    cycle(tmp_path, web, url)
    site.routes["quais.example", "/fil"] = Reply(304)
    while pending := last(tmp_path, url).pending:
        due = PageTask.from_json(pending[0]).due_at
        Clock.now = max(due, last(tmp_path, url).next_due_at)
        cycle(tmp_path, web, url)
    assert rows(tmp_path, "SELECT attempt, reason, retryable FROM rejects ORDER BY 1") == [
        (n, "fetch_failed", True) for n in range(1, 6)
    ]
    tried = rows(tmp_path, "SELECT fetched_at FROM rejects ORDER BY attempt")
    page_url = site.url("/1", "quais.example")
    for attempt, ((before,), (after,)) in enumerate(itertools.pairwise(tried), 1):
        assert after - before >= back_off(page_url, attempt, 600)
    assert (site.paths().count("/1"), last(tmp_path, url).pending) == (5, ())


def test_cycle__page_that_recovers__arrives(site, web, tmp_path):
    url = feed_with_pages(site, guids="1")
    whole = site.routes["quais.example", "/1"]
    site.routes["quais.example", "/1"] = Reply(503, headers={"Retry-After": "1800"})
    cycle(tmp_path, web, url)
    site.routes["quais.example", "/1"] = whole
    site.routes["quais.example", "/fil"] = Reply(304)
    Clock.now = START + timedelta(seconds=1799)
    cycle(tmp_path, web, url)
    assert site.paths().count("/1") == 1
    Clock.now = last(tmp_path, url).next_due_at
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.written, last(tmp_path, url).pending) == (1, 1, ())


def test_cycle__host_that_is_down__is_tried_once(site, web, tmp_path):
    gone = Site()
    gone.close()
    url = site.url("/fil", "quais.example")
    site.routes["/fil"] = Reply(body=rss(*((str(n), gone.url(f"/{n}", "mort.example")) for n in range(5))))
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.reasons) == (5, {"fetch_failed": 5})
    assert Clock.connections == ["127.0.0.1", "127.0.0.1"]  # the feed's host, kept open, and the dead one once
    assert len(last(tmp_path, url).pending) == 5


def test_cycle__kept_connection_that_breaks_off__is_asked_again_after_the_delay(site, web, tmp_path):
    url = feed_with_pages(site, guids="1")
    whole, asked = site.routes["quais.example", "/1"], []

    def broken_once(_: Request) -> Reply:
        asked.append(Clock.now)
        return whole if len(asked) > 1 else Reply(raw=b"")

    site.routes["quais.example", "/1"] = broken_once
    assert cycle(tmp_path, web, url).written == 1
    assert asked[1] - asked[0] >= timedelta(seconds=1)


MOVES = {
    "301": ((301,), True),
    "308": ((308,), True),
    "302": ((302,), False),
    "307": ((307,), False),
    "301 and 301": ((301, 301), True),
    "302 and 301": ((302, 301), False),
}


@pytest.mark.parametrize("name", MOVES)
def test_cycle__moved_feed__is_asked_at_its_new_address_if_it_moved_for_good(site, web, tmp_path, name):
    statuses, permanent = MOVES[name]
    url = site.url("/0", "quais.example")
    for place, status in enumerate(statuses):
        site.routes["quais.example", f"/{place}"] = Reply(status, headers={"Location": f"/{place + 1}"})
    end = f"/{len(statuses)}"
    site.routes["quais.example", end] = Reply(body=rss())
    cycle(tmp_path, web, url)
    assert last(tmp_path, url).moved_to == (site.url(end, "quais.example") if permanent else None)
    Clock.now = last(tmp_path, url).next_due_at
    before = len(site.requests)
    cycle(tmp_path, web, url)
    assert site.paths()[before] == (end if permanent else "/0")


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (Reply(429, headers={"Retry-After": "4000"}), timedelta(seconds=4000)),
        (Reply(503, headers={"Retry-After": "Tue, 05 Mar 2024 10:00:00 GMT"}), timedelta(hours=2)),
        (Reply(503), None),
        (Reply(404), None),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nxx"), None),
    ],
    ids=["429", "503 date", "503", "404", "cut"],
)
def test_cycle__feed_that_fails__is_left_alone_to_the_second(site, web, tmp_path, reply, wait):
    url = site.url("/fil", "quais.example")
    site.routes["/fil"] = reply
    cycle(tmp_path, web, url)
    poll = last(tmp_path, url)
    assert poll.failures == 1
    if wait is None:
        assert poll.next_due_at == poll.polled_at + back_off(url, 1)
    else:
        assert abs(poll.next_due_at - (START + wait)) <= timedelta(seconds=1)
    tasks = [FeedTask(url, poll)]
    assert due_tasks(tasks, poll.next_due_at - timedelta(microseconds=1)) == []
    assert due_tasks(tasks, poll.next_due_at) == tasks


def test_cycle__429__keeps_other_feeds_of_the_host_waiting_too(site, web, tmp_path):
    url = site.url("/fil", "quais.example")
    site.routes["/fil"] = Reply(429, headers={"Retry-After": "4000"})
    cycle(tmp_path, web, url)
    tasks = [*FeedMemory(str(tmp_path)).tasks([url]), FeedTask(site.url("/autre", "quais.example"))]
    assert due_tasks(tasks, START + timedelta(seconds=3999)) == []
    assert len(due_tasks(tasks, START + timedelta(seconds=4002))) == 2


def test_cycle__410__ends_the_feed(site, web, tmp_path):
    url = site.url("/fil", "quais.example")
    site.routes["/fil"] = Reply(410)
    cycle(tmp_path, web, url)
    assert last(tmp_path, url).next_due_at is None
    Clock.now += timedelta(days=400)
    assert cycle(tmp_path, web, url) is None


def test_cycle__feed_that_is_a_page__is_a_reject_and_asked_for_whole_again(site, web, tmp_path):
    url = feed_with_pages(site)
    whole = site.routes["quais.example", "/fil"]
    site.routes["quais.example", "/fil"] = Reply(
        body=b"<html><body>En maintenance</body></html>", headers={"ETag": "x"}
    )
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.reasons, summary.imbalances) == (1, {"invalid_feed": 1}, ())
    site.routes["quais.example", "/fil"] = whole
    Clock.now = last(tmp_path, url).next_due_at
    assert cycle(tmp_path, web, url).written == 2
    assert "if-none-match" not in site.requests[-3].headers


def test_cycle__feeds_that_hang_or_crash_the_parser__are_rejects_and_hold_up_nobody(site, web, tmp_path, monkeypatch):
    parsing = partial(GuardedParsing, deadline_secs=1.0, function="tests.misbehaving:parse_feed")
    monkeypatch.setattr(feeds, "GuardedParsing", parsing)
    urls = [site.url("/fil", f"quais{place}.example") for place in range(5)]
    for url, title in zip(urls, ("avant", "hang", "segfault", "fault", "après"), strict=True):
        content = page(title).decode().partition("<article>")[2].partition("</article>")[0]
        item = f"<item><title>{title}</title><guid>{title}</guid><content:encoded><![CDATA[{content}]]></content:encoded></item>"
        body = f'<rss version="2.0" xmlns:content="{CONTENT}"><channel>{item}</channel></rss>'
        site.routes[host_of(url), "/fil"] = Reply(body=body.encode())
    summary = cycle(tmp_path, web, *urls)
    assert (summary.read, summary.written, summary.imbalances) == (5, 2, ())
    assert rows(tmp_path, "SELECT input_uri, stage, reason FROM rejects ORDER BY 1") == [
        (urls[1], "read", "timeout"),
        (urls[2], "read", "crashed"),
        (urls[3], "read", "invalid_feed"),
    ]
    assert last(tmp_path, urls[1]).error == "timeout: extraction was stopped after 1 seconds"
    assert "KeyError: 'a fault of the program'" in (last(tmp_path, urls[3]).error or "")
    for url in urls[1:4]:
        poll = last(tmp_path, url)
        assert (poll.failures, poll.next_due_at) == (1, poll.polled_at + back_off(url, 1))
    assert [last(tmp_path, url).failures for url in (urls[0], urls[4])] == [0, 0]
