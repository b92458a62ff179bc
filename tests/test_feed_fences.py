"""Requests that must not leave: whatever a feed links or redirects to, in whole cycles."""

from datetime import timedelta

import pytest
from feed_world import START, Clock, cycle, feed_with_pages, last, rows, rss
from feed_world import site as site
from feed_world import web as web
from webserver import Reply

REFUSED = {
    "file": "file:///etc/passwd",
    "metadata address": "http://169.254.169.254/latest/meta-data/",
    "private address": "http://192.168.0.1/",
    "name of a private address": "http://intranet.example/",
    "name of the metadata address": "http://metadata.example/",
    "mapped address": "http://[::ffff:10.0.0.1]/",
    "other scheme": "gopher://quais.example/",
}


@pytest.mark.parametrize("name", REFUSED)
def test_cycle__redirect_that_leaves_the_fence__is_refused(site, web, tmp_path, name):
    url = feed_with_pages(site, guids="1")
    site.routes["quais.example", "/1"] = Reply(302, headers={"Location": REFUSED[name]})
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.reasons) == (1, {"fetch_refused": 1})
    assert rows(tmp_path, "SELECT retryable FROM rejects") == [(False,)]


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in ("file", "other scheme")])
def test_cycle__link_or_feed_that_leaves_the_fence__is_refused(site, web, tmp_path, name):
    url = site.url("/fil", "quais.example")
    site.routes["/fil"] = Reply(body=rss(("1", REFUSED[name])))
    summary = cycle(tmp_path, web, url, REFUSED[name])
    assert summary.reasons == {"fetch_refused": 1}
    assert last(tmp_path, REFUSED[name]).error.startswith("fetch_refused: the host")


def test_cycle__robots_txt_that_forbids__is_obeyed(site, web, tmp_path):
    url = feed_with_pages(site)
    site.routes["quais.example", "/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /2\nCrawl-delay: 7\n")
    summary = cycle(tmp_path, web, url)
    assert (summary.written, summary.reasons, "/2" in site.paths()) == (1, {"fetch_refused": 1}, False)
    assert Clock.now >= START + timedelta(seconds=14)


def test_cycle__robots_txt_that_fails__forbids_for_now(site, web, tmp_path):
    url = feed_with_pages(site)
    site.routes["quais.example", "/robots.txt"] = Reply(500)
    cycle(tmp_path, web, url)
    assert site.paths() == ["/robots.txt"]
    assert "robots.txt was answered with 500" in last(tmp_path, url).error


def test_cycle__redirects_in_a_circle__fail(site, web, tmp_path):
    url = site.url("/a", "quais.example")
    site.routes["/a"] = Reply(301, headers={"Location": "/b"})
    site.routes["/b"] = Reply(301, headers={"Location": "/a"})
    cycle(tmp_path, web, url)
    assert "redirects more than 5 times" in last(tmp_path, url).error
    assert len(site.paths()) == 7
