"""What is kept beside the tables for the process that comes after one that was killed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from feed_world import START, Clock, cycle, feed_with_pages, last, rows
from feed_world import site as site
from feed_world import web as web
from webserver import Reply

from transforms import feed_poll_files
from transforms.hosts import HostMemory
from transforms.manners import NAME, Manners, MannersFile
from transforms.web import open_web

NOW = datetime(2024, 3, 5, 8, 0, tzinfo=UTC)
HOST = "quais.example"


def after(secs: float) -> datetime:
    return NOW + timedelta(seconds=secs)


@pytest.fixture
def file(tmp_path):
    return MannersFile(str(tmp_path / NAME))


def test_read__nothing_was_written__is_empty(file):
    assert file.read(NOW) == Manners()


def test_read__request_that_has_ended__counts_while_a_delay_may_last(file):
    memory = HostMemory(NOW, 7.0, None)
    file.begun(HOST)
    file.ended(HOST, memory)
    assert file.read(after(29)).hosts == {HOST: memory}
    assert file.read(after(30)).hosts == {}


def test_read__request_that_was_under_way__has_ended_now(file):
    file.ended(HOST, HostMemory(NOW, 7.0, None))
    file.begun(HOST)
    assert file.read(after(500)).hosts == {HOST: HostMemory(after(500), 7.0, None)}


def test_read__silence__outlasts_later_requests_until_it_is_over(file):
    file.ended(HOST, HostMemory(NOW, None, after(700)))
    file.ended(HOST, HostMemory(after(1), None, None))
    assert file.read(after(699)).hosts == {HOST: HostMemory(after(1), None, after(700))}
    assert file.read(after(700)).hosts == {}


def test_read__address__its_last_note_counts(file):
    file.leave_alone("https://quais.example/1", after(900))
    file.leave_alone("https://quais.example/1", after(60))
    file.leave_alone("https://quais.example/é", after(90))
    assert file.read(after(59)).waiting == {
        "https://quais.example/1": after(60),
        "https://quais.example/é": after(90),
    }
    assert file.read(after(60)).waiting == {"https://quais.example/é": after(90)}


def test_read__line_that_was_cut__costs_that_line_only(file, tmp_path):
    file.leave_alone("https://quais.example/1", after(60))
    with (tmp_path / NAME).open("ab") as stream:
        stream.write(b'{"address": "https://qu\n\xff\n')
    file.leave_alone("https://quais.example/2", after(60))
    assert set(file.read(NOW).waiting) == {"https://quais.example/1", "https://quais.example/2"}


def test_tidy__keeps_what_counts_and_then_leaves_nothing(file, tmp_path):
    file.ended("alt.example", HostMemory(after(-40), None, None))
    file.ended(HOST, HostMemory(NOW, 7.0, after(700)))
    file.leave_alone("https://quais.example/1", after(60))
    before = file.read(NOW)
    file.tidy(NOW)
    assert file.read(NOW) == before
    assert len((tmp_path / NAME).read_bytes().splitlines()) == 2
    file.tidy(after(700))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def killed_before_polls_are_written(monkeypatch):
    """Runs of `cycle` whose process ends when it has written everything but its memory."""

    def killed(*_):
        raise KeyboardInterrupt

    def run(*arguments, **changes):
        with monkeypatch.context() as patch:
            patch.setattr(feed_poll_files, "write_batch", killed)
            with pytest.raises((KeyboardInterrupt, RuntimeError)):
                cycle(*arguments, **changes)
        open_web.cache_clear()  # what that process knew is gone

    return run


def test_cycle__killed_after_429__leaves_the_feed_alone_to_the_second(
    site, web, tmp_path, killed_before_polls_are_written
):
    url = feed_with_pages(site)
    site.routes[HOST, "/fil"] = Reply(429, headers={"Retry-After": "4000"})
    killed_before_polls_are_written(tmp_path, web, url)
    answered = Clock.now
    Clock.now = answered + timedelta(seconds=3998)
    cycle(tmp_path, web, url)
    assert site.paths() == ["/robots.txt", "/fil"]
    assert last(tmp_path, url).next_due_at == answered + timedelta(seconds=4000)


def test_cycle__killed_after_a_page_failed__tries_it_again_after_the_back_off(
    site, web, tmp_path, killed_before_polls_are_written
):
    url = feed_with_pages(site, guids="1")
    site.routes[HOST, "/1"] = Reply(500)
    killed_before_polls_are_written(tmp_path, web, url)
    failed = Clock.now
    Clock.now += timedelta(seconds=100)
    cycle(tmp_path, web, url)
    assert site.paths().count("/1") == 1
    assert rows(tmp_path, "SELECT DISTINCT attempt, reason, retryable FROM rejects") == [(1, "fetch_failed", True)]
    feed_with_pages(site, guids="1")
    while site.paths().count("/1") == 1:
        Clock.now = last(tmp_path, url).next_due_at
        cycle(tmp_path, web, url)
    assert Clock.now - failed >= timedelta(seconds=600)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(1,)]


def test_cycle__killed_after_a_good_answer__asks_again_after_a_first_back_off_and_doubles_nothing(
    site, web, tmp_path, killed_before_polls_are_written
):
    url = feed_with_pages(site)
    killed_before_polls_are_written(tmp_path, web, url)
    assert rows(tmp_path, "SELECT count(*) FROM articles") == [(2,)]
    cycle(tmp_path, web, url)
    assert site.paths().count("/fil") == 1
    Clock.now = last(tmp_path, url).next_due_at
    assert Clock.now - START >= timedelta(seconds=60)
    summary = cycle(tmp_path, web, url)
    assert (summary.read, summary.written, summary.known) == (2, 0, 2)
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT version_id) FROM articles") == [(2, 2)]
    assert site.paths().count("/1") == 1


def test_cycle__killed__keeps_the_delay_of_its_host(site, web, tmp_path, killed_before_polls_are_written):
    site.routes[HOST, "/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 20\n")
    url = feed_with_pages(site, guids="1")
    other = site.url("/autre", HOST)
    killed_before_polls_are_written(tmp_path, web, url)
    ended = Clock.now
    asked = []
    site.routes[HOST, "/robots.txt"] = lambda _: asked.append(Clock.now) or Reply(404)
    cycle(tmp_path, web, other)
    assert asked[0] - ended >= timedelta(seconds=20)


def test_retry_pages__asks_in_spite_of_a_back_off(site, web, tmp_path):
    open_web.cache_clear()
    manners = str(tmp_path / NAME)
    MannersFile(manners).leave_alone("x", START + timedelta(seconds=90))
    for on_demand in (False, True):
        guest = open_web(replace(web, manners=manners, on_demand=on_demand))
        guest.new_round()
        if on_demand:
            guest.check_left_alone("x")
        else:
            with pytest.raises(Exception, match="no request before 2024-03-05 08:01:30"):
                guest.check_left_alone("x")
