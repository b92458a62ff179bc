"""Whole cycles from feeds on a loopback server to tables, through the graph that runs in production."""

import itertools
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support import REPOSITORY
from test_end_to_end import contents, rows
from webserver import Reply, Request, Site

from pipeline.cli import main
from pipeline.feeds import feeds_of, follow, poll_once, status_text
from pipeline.interrupts import interrupted_twice
from pipeline.options import Settings, UsageError, parse
from transforms.feed_memory import FeedMemory, due_tasks
from transforms.feed_parsing import parse_feed
from transforms.feed_polls import FeedTask, PageTask, poll_feed
from transforms.fetching import Limits
from transforms.politeness import FULL_GET_EVERY, back_off
from transforms.web import WebSettings, open_web

START = datetime(2024, 3, 5, 8, 0, tzinfo=UTC)


class Clock:
    """Stands still unless someone sleeps."""

    now = START
    connections: list[str] = []  # noqa: RUF012  one for all tests, emptied by `web`


def now() -> datetime:
    return Clock.now


def sleep(secs: float) -> None:
    Clock.now += timedelta(seconds=secs)


def resolve(host: str, _: int) -> list[str]:
    """Every name of .example is the loopback server, but for those that attack."""
    return {"metadata.example": ["169.254.169.254"], "intranet.example": ["10.0.0.7"]}.get(host, ["127.0.0.1"])


def connected(address: str) -> None:
    Clock.connections.append(address)


@pytest.fixture
def site():
    server = Site()
    yield server
    server.close()
    # The audit: whatever the test did, no connection left the allowed set.
    assert set(Clock.connections) <= {"127.0.0.1"}


@pytest.fixture
def web():
    Clock.now = START
    Clock.connections.clear()
    open_web.cache_clear()
    limits = Limits(connect_secs=2, silence_secs=0.5, total_secs=1)
    return WebSettings(
        allow_loopback=True, threads=1, limits=limits, now=now, sleep=sleep, resolve=resolve, connected=connected
    )


def page(title: str) -> bytes:
    return (
        f"<html lang='fr'><head><title>{title}</title></head><body><article><h1>{title}</h1>"
        f"<p>{title} : le port de Saint-Elme rouvre lundi matin, a annoncé la préfecture dans un communiqué.</p>"
        "<p>« La digue tient », a déclaré le maire, Aziz Lemoine, devant la presse réunie sur le quai.</p>"
        "</article></body></html>"
    ).encode()


def rss(*items: tuple[str, str], head: str = "") -> bytes:
    """A feed of (guid, link) items, each dated."""
    entries = "".join(
        f"<item><title>Avis {guid}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>"
        f"<description>Résumé {guid}.</description><pubDate>Tue, 05 Mar 2024 07:00:00 GMT</pubDate></item>"
        for guid, link in items
    )
    return f'<rss version="2.0"><channel><title>Les Quais</title>{head}{entries}</channel></rss>'.encode()


def settings(lake, **changes) -> Settings:
    return replace(Settings(inputs=(), output=str(lake), feeds=("x",), language="fr"), **changes)


def cycle(lake, web: WebSettings, *urls: str, **changes):
    return poll_once(settings(lake, **changes), list(urls), FeedMemory(str(lake)), web)


def last(lake, url: str):
    return FeedMemory(str(lake)).last_polls()[url]


def feed_with_pages(site: Site, host: str = "quais.example", guids: str = "12") -> str:
    for guid in guids:
        site.routes[host, f"/{guid}"] = Reply(body=page(f"Avis {guid}"), headers={"Content-Type": "text/html"})
    body = rss(*((guid, site.url(f"/{guid}", host)) for guid in guids))
    site.routes[host, "/fil"] = Reply(body=body, headers={"ETag": 'W/"v1"', "Last-Modified": "hier"})
    return site.url("/fil", host)


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


def test_cycle__killed_before_the_polls_are_written__doubles_nothing(site, web, tmp_path, monkeypatch):
    url = feed_with_pages(site)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("transforms.feed_poll_files.write_batch", killed)
        with pytest.raises((KeyboardInterrupt, RuntimeError)):
            cycle(tmp_path, web, url)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(2,)]
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.written, summary.known) == (2, 0, 2)
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT version_id) FROM articles") == [(2, 2)]
    assert site.paths().count("/1") == 1


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


def test_cycle__redirects_in_a_circle__fail(site, web, tmp_path):
    url = site.url("/a", "quais.example")
    site.routes["/a"] = Reply(301, headers={"Location": "/b"})
    site.routes["/b"] = Reply(301, headers={"Location": "/a"})
    cycle(tmp_path, web, url)
    assert "redirects more than 5 times" in last(tmp_path, url).error
    assert len(site.paths()) == 7


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


def test_file__again__changes_no_file(web, tmp_path):
    feed = tmp_path / "fil.xml"
    feed.write_bytes(rss(("1", "https://quais.example/1")))
    argv = ["--feeds", str(feed), "--no-fetch", "--output", str(tmp_path / "lake"), "--language", "fr"]
    assert main(argv) == 0
    before = contents(tmp_path / "lake")
    assert main(argv) == 0
    assert contents(tmp_path / "lake") == before


def test_follow__goes_from_due_time_to_due_time_and_stops_when_told(site, web, tmp_path):
    url = feed_with_pages(site, guids="1")
    stop, shown, waits = threading.Event(), [], []

    def wait(secs: float) -> None:
        waits.append(secs)
        sleep(secs)
        if Clock.now > START + timedelta(hours=1):
            stop.set()

    follow(settings(tmp_path, follow=True), [url], web, stop, shown.append, wait)
    assert [summary.read for summary in shown] == [1, 0, 0, 0]
    assert max(waits) == 60.0
    assert site.paths().count("/fil") == 4


def test_interrupted_twice__first_asks_for_the_end():
    import signal

    stop = threading.Event()
    said = []
    before = signal.getsignal(signal.SIGINT)
    with interrupted_twice(stop, lambda: said.append("said")):
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is before
    assert said == ["said"]


def test_status__shows_failing_feeds_first(site, web, tmp_path, capsys):
    good, bad = feed_with_pages(site, guids="1"), site.url("/rien", "quais.example")
    cycle(tmp_path, web, good, bad)
    assert main(["feeds", "status", "--lake", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith(bad)
    assert lines[2].endswith("answered 404")
    assert lines[3].split()[:2] == [good, "2024-03-05"]
    assert "never" in status_text([FeedTask("https://neu.example/")], START)


def test_feeds__lists_of_every_kind__name_the_same_feeds(site, web, tmp_path):
    (tmp_path / "a.xml").write_bytes(rss())
    (tmp_path / "fils.opml").write_text(
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<opml version="2.0"><body><outline text="Presse">\n'
        '<outline text="É" type="rss" xmlUrl="https://quais.example/fil"/></outline></body></opml>',
        encoding="latin-1",
    )
    (tmp_path / "fils.txt").write_text(
        "# les nôtres\n\nfils.opml\na.xml\nhttps://quais.example/autre\n", encoding="utf-8"
    )
    site.routes["/fils.opml"] = Reply(body=(tmp_path / "fils.opml").read_bytes())
    wanted = ["https://quais.example/fil", str(tmp_path / "a.xml"), "https://quais.example/autre"]
    assert feeds_of(settings(tmp_path, feeds=(str(tmp_path / "fils.txt"),)), web) == wanted
    assert feeds_of(settings(tmp_path, feeds=(site.url("/fils.opml", "quais.example"),)), web) == wanted[:1]


BAD_LISTS = {
    "rien.txt": (b"pas-la.xml\n", "line 1: 'pas-la.xml'", "there is no such file"),
    "schema.txt": (b"\nftp://quais.example/fil\n", "line 2: 'ftp://quais.example/fil'", "neither a path nor"),
    "vide.opml": (b"<opml><body><outline text='x'/></body></opml>", "vide.opml", "no outline has an xmlUrl"),
    "casse.opml": (b"<opml><body>", "casse.opml", "the OPML is damaged"),
    "mal.opml": (
        b"<opml><body>\n<outline xmlUrl='javascript:1'/></body></opml>",
        "line 2: 'javascript:1'",
        "no http or https",
    ),
    "cercle.txt": (b"cercle.txt\n", "line 1", "in a circle"),
    "binaire.txt": (b"\x89PNG\r\n\x1a\n" * 9, "binaire.txt", "cannot be read"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_feeds__bad_line__is_named_with_its_place_and_remedy(web, tmp_path, name):
    body, place, words = BAD_LISTS[name]
    (tmp_path / name).write_bytes(body)
    with pytest.raises(UsageError) as error:
        feeds_of(settings(tmp_path, feeds=(str(tmp_path / name),)), web)
    assert place in str(error.value)
    assert words in str(error.value)


def test_feeds__bundled_list__is_sound(web, tmp_path):
    urls = feeds_of(settings(tmp_path, feeds=(str(REPOSITORY / "samples" / "feeds.opml"),)), web)
    assert len(urls) == len(set(urls)) >= 10
    assert all(url.startswith("https://") for url in urls)


@pytest.mark.parametrize("argv", [["--follow"], ["--no-fetch"], ["--feeds", "x", "--limit", "3"]], ids=" ".join)
def test_options__that_make_no_sense__are_refused(argv):
    with pytest.raises(UsageError):
        parse(argv)


def test_options__of_feeds__arrive():
    got = parse(
        ["--feeds", "a", "b", "--feeds", "c", "--follow", "--no-fetch", "--poll-minutes", "5", "--allow-loopback"]
    )
    assert (got.inputs, got.feeds, got.follow, got.fetch, got.poll_secs, got.allow_loopback) == (
        (),
        ("a", "b", "c"),
        True,
        False,
        300,
        True,
    )


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
