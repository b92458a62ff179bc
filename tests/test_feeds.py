"""Whole cycles from feeds on a loopback server to tables, through the graph that runs in production."""

import gzip
import json
import threading
from dataclasses import replace
from datetime import timedelta

from feed_world import (
    START,
    Clock,
    connected,
    contents,
    cycle,
    feed_with_pages,
    last,
    page,
    resolve,
    rows,
    rss,
)
from feed_world import site as site
from feed_world import web as web
from webserver import Reply, Request

from pipeline.cli import main
from transforms.feed_parsing import parse_feed
from transforms.feed_polls import FeedTask, poll_feed
from transforms.politeness import FULL_GET_EVERY
from transforms.web import WebSettings, open_web


def test_cycle__entries_become_articles_and_the_poll_is_remembered(site, web, tmp_path):
    url = feed_with_pages(site)
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.written, summary.imbalances) == (2, 2, ())
    assert rows(
        tmp_path, "SELECT url, title, date_source, feed_url, feed_entry_id, fetched_at::DATE FROM articles ORDER BY 1"
    ) == [(site.url(f"/{n}", "quais.example"), f"Avis {n}", "feed", url, str(n), START.date()) for n in (1, 2)]
    assert rows(
        tmp_path, "SELECT feed_url, status, etag, last_modified, entries, new_entries, failures FROM feed_polls"
    ) == [(url, 200, 'W/"v1"', "hier", 2, 2, 0)]
    assert site.paths() == ["/robots.txt", "/fil", "/1", "/2"]


def test_cycle__not_due__sends_no_request(site, web, tmp_path):
    url = feed_with_pages(site)
    cycle(tmp_path, web, url)
    asked = len(site.requests)
    assert cycle(tmp_path, web, url) is None
    assert len(site.requests) == asked


def test_cycle__unchanged__is_asked_with_the_validators_verbatim(site, web, tmp_path):
    url = feed_with_pages(site)
    cycle(tmp_path, web, url)
    Clock.now = last(tmp_path, url).next_due_at
    site.routes["quais.example", "/fil"] = Reply(304)
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.imbalances) == (0, ())
    asked = site.requests[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('W/"v1"', "hier")
    poll = last(tmp_path, url)
    assert (poll.status, poll.failures, poll.etag, poll.entries) == (304, 0, 'W/"v1"', 2)
    assert poll.next_due_at >= Clock.now + timedelta(minutes=15)


def test_cycle__new_entry_among_known_ones__only_its_page_is_fetched(site, web, tmp_path):
    url = feed_with_pages(site)
    cycle(tmp_path, web, url)
    Clock.now = last(tmp_path, url).next_due_at
    feed_with_pages(site, guids="123")
    before = len(site.requests)
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.written, summary.known, summary.imbalances) == (3, 1, 2, ())
    assert site.paths()[before:] == ["/fil", "/3"]


def test_cycle__wrong_etag__the_whole_feed_is_asked_for_now_and_then(site, web, tmp_path):
    url = feed_with_pages(site)
    cycle(tmp_path, web, url)
    frozen = last(tmp_path, url)
    task = FeedTask(url, replace(frozen, conditional_polls=FULL_GET_EVERY, next_due_at=START))
    polled = poll_feed(task, open_web(web), parse_feed)
    assert "if-none-match" not in site.requests[-1].headers
    assert (polled.poll.status, polled.poll.conditional_polls) == (200, 0)


def test_cycle__one_article_in_two_feeds__is_fetched_once(site, web, tmp_path):
    first = feed_with_pages(site)
    second = site.url("/autre", "quais.example")
    site.routes["quais.example", "/autre"] = Reply(body=rss(("z", site.url("/1", "quais.example"))))
    summary = cycle(tmp_path, web, first, second)
    assert (summary.read, summary.written, summary.known, summary.imbalances) == (3, 2, 1, ())
    assert site.paths().count("/1") == 1


def test_cycle__no_fetch__entries_without_content_are_rejects(site, web, tmp_path):
    url = feed_with_pages(site)
    summary = cycle(tmp_path, web, url, fetch=False)
    assert (summary.read, summary.written, summary.reasons) == (2, 0, {"no_full_content": 2})
    assert "/1" not in site.paths()
    assert json.loads(rows(tmp_path, "SELECT payload FROM rejects")[0][0])["given"]["url"].startswith(
        "http://quais.example"
    )


def test_file__again__changes_no_file(web, tmp_path):
    feed = tmp_path / "fil.xml"
    feed.write_bytes(rss(("1", "https://quais.example/1")))
    argv = ["--feeds", str(feed), "--no-fetch", "--output", str(tmp_path / "lake"), "--language", "fr"]
    assert main(argv) == 0
    before = contents(tmp_path / "lake")
    assert main(argv) == 0
    assert contents(tmp_path / "lake") == before


def test_files__that_cannot_be_read__are_rejects_and_hinder_no_other(web, tmp_path):
    whole = gzip.compress(rss(("1", "https://quais.example/1")))
    files = {
        "a.xml.gz": whole,
        "b.xml.gz": whole[:-30],
        "c.xml.gz": whole[:20] + b"x" * 40,
        "d.xml": b"",
        "e.xml": b"x" * 99,
    }
    for name, body in files.items():
        (tmp_path / name).write_bytes(body)
    small = replace(web, limits=replace(web.limits, max_decoded_bytes=1000))
    (tmp_path / "f.xml").write_bytes(b"<rss>" + b" " * 1000)
    names = [*files, "f.xml", "g.xml"]
    summary = cycle(tmp_path / "lake", small, *(str(tmp_path / name) for name in names), fetch=False)
    assert (summary.read, summary.rejects, summary.imbalances) == (7, 7, ())
    reasons = rows(tmp_path / "lake", "SELECT input_uri, reason FROM rejects ORDER BY 1")
    assert [reason for _, reason in reasons] == [
        "no_full_content", "truncated_file", "unreadable_file", "empty", "invalid_feed", "too_large", "unreadable_file",
    ]  # fmt: skip


def test_web__several_threads__never_two_requests_at_once_to_a_host(site, web, tmp_path):
    lock = threading.Event()

    def slow(_: Request) -> Reply:
        lock.wait(0.02)
        return Reply(body=page("Avis"), headers={"Content-Type": "text/html"})

    site.otherwise = slow
    site.routes["/robots.txt"] = Reply(404)
    urls = []
    for n in range(4):
        host = f"quais{n}.example"
        site.routes[host, "/fil"] = Reply(
            body=rss(*((str(k), site.url(f"/{k}", f"quais{(n + k) % 4}.example")) for k in range(4)))
        )
        urls.append(site.url("/fil", host))
    busy = WebSettings(allow_loopback=True, threads=8, delay_secs=0.01, resolve=resolve, connected=connected)
    summary = cycle(tmp_path, busy, *urls)
    assert (summary.read, summary.imbalances) == (16, ())
    assert set(site.most_at_once.values()) == {1}
