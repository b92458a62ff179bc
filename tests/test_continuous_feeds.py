"""Feeds read in one job without end, event by event: polls, due times, manners, state, late elements, the end."""

import itertools
from collections import Counter as Counts
from dataclasses import replace
from datetime import timedelta

import apache_beam as beam
import pytest
from feed_world import Clock, feed_with_pages, now, now_and_on, page, rss
from feed_world import site as site
from feed_world import web as web
from streams import Ticks, after, streaming_pipeline, ticks
from webserver import Reply, Request, Site

from schemas.feed_poll import FeedPoll
from schemas.vocabulary import Reason
from transforms import continuous_feeds, feed_reading
from transforms.continuous_feeds import MAX_EARLY_SECS, ReadFeedsContinuously
from transforms.feed_polls import FeedTask, remembered
from transforms.feed_reading import POLLS, FeedSettings
from transforms.metrics import Counter
from transforms.politeness import BACK_OFF_SECS, PAGE_BACK_OFF_SECS, back_off
from transforms.rejects import REJECTS
from transforms.web import WebSettings

HOST = "quais.example"


class Got:
    """What came out of the step, in this process."""

    documents: list[tuple[float, str]] = []  # noqa: RUF012
    rejects: list[tuple[int, Reason]] = []  # noqa: RUF012
    polls: list = []  # noqa: RUF012
    asked: list[tuple[float, str]] = []  # noqa: RUF012
    counts: Counts[Counter] = Counts()  # noqa: RUF012


def secs(moment) -> float:
    return (moment - after(0)).total_seconds()


def count(what: Counter, key: str = "", number: int = 1) -> None:
    Got.counts[what] += number


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    """This runner counts nothing that is counted when a timer fires."""
    for module in (continuous_feeds, feed_reading):
        monkeypatch.setattr(module, "count", count)


def keep_document(document, timestamp=beam.DoFn.TimestampParam) -> None:
    Got.documents.append((float(timestamp) - after(0).timestamp(), document.given.feed_entry_id))


def keep_reject(rejection) -> None:
    Got.rejects.append((rejection.attempt, rejection.reason))


def keep_poll(poll) -> None:
    Got.polls.append(poll)


def read(site: Site, web: WebSettings, lake, script: Ticks, *feeds: str | FeedTask, **changes) -> Counts[Counter]:
    """Run the step over a script; its outputs are in `Got`, and the counters are returned."""
    for kept in (Got.documents, Got.rejects, Got.polls, Got.asked, Got.counts):
        kept.clear()
    tasks = [FeedTask(feed) if isinstance(feed, str) else feed for feed in feeds]
    settings = FeedSettings(str(lake), record_files=True, web=web, **changes)
    with streaming_pipeline() as pipeline:
        outputs = pipeline | script | ReadFeedsContinuously(tasks, settings)
        _ = outputs["documents"] | "KeepDocument" >> beam.Map(keep_document)
        _ = outputs[REJECTS] | "KeepReject" >> beam.Map(keep_reject)
        _ = outputs[POLLS] | "KeepPoll" >> beam.Map(keep_poll)
    # Conservation: every entry is a document, known, or a reject.
    outcomes = len(Got.documents) + Got.counts[Counter.ENTRIES_KNOWN] + len(Got.rejects)
    assert Got.counts[Counter.DOCUMENTS_READ] == outcomes
    assert set(site.most_at_once.values()) <= {1}
    return Got.counts


def logged(site: Site) -> None:
    """Note in `Got.asked` when each request comes."""
    real = site.answer

    def answer(handler) -> None:
        Got.asked.append((secs(Clock.now), handler.path))
        real(handler)

    site.answer = answer


def known_poll(url: str) -> FeedPoll:
    return remembered(FeedTask(url), after(-900))


def times(path: str) -> list[float]:
    return [moment for moment, asked in Got.asked if asked == path]


def test_feed__is_asked_when_due_and_its_pages_one_after_the_other(site, web, tmp_path):
    url = feed_with_pages(site)
    logged(site)
    read(site, web, tmp_path, ticks((0, 6, 1), (900, 1010, 5)), url)
    assert [path for _, path in Got.asked] == ["/robots.txt", "/fil", "/1", "/2", "/fil"]
    assert all(b - a >= 1.0 for (a, _), (b, _) in itertools.pairwise(Got.asked))
    first, second = Got.polls
    assert 0 <= secs(second.polled_at) - secs(first.next_due_at) <= 5
    assert [entry for _, entry in Got.documents] == ["1", "2"]


def test_feed__unchanged__is_asked_with_its_validators(site, web, tmp_path):
    url = feed_with_pages(site)
    whole = site.routes[HOST, "/fil"]
    site.routes[HOST, "/fil"] = lambda request: Reply(304) if "if-none-match" in request.headers else whole
    read(site, web, tmp_path, ticks((0, 5, 1), (1000, 2100, 1000)), url)
    assert [poll.status for poll in Got.polls] == [200, 304, 304]
    assert [(poll.etag, poll.seen, poll.conditional_polls) for poll in Got.polls] == [(None, (), 0)] * 3


def test_feed__that_answers_304_to_everything__is_asked_for_whole_at_last(site, web, tmp_path, monkeypatch):
    monkeypatch.setattr("transforms.politeness.FULL_GET_EVERY", 3)
    url = feed_with_pages(site, guids="1")
    whole = site.routes[HOST, "/fil"]
    site.routes[HOST, "/fil"] = lambda request: Reply(304) if "if-none-match" in request.headers else whole
    read(site, web, tmp_path, ticks((0, 5, 1), (1000, 6000, 1000)), url)
    assert [poll.status for poll in Got.polls] == [200, 304, 304, 304, 200, 304]


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (Reply(429, headers={"Retry-After": "400"}), 400),
        (Reply(503, headers={"Retry-After": "Tue, 05 Mar 2024 08:05:00 GMT"}), 299),
        (Reply(500), BACK_OFF_SECS),
    ],
    ids=["429", "503 date", "500"],
)
def test_feed__that_fails__is_left_alone_to_the_second(site, web, tmp_path, reply, wait):
    url = site.url("/fil", HOST)
    site.routes["/fil"] = reply
    logged(site)
    read(site, web, tmp_path, ticks((0, 4, 1), (wait, wait + 20, 1)), url)
    first, second = times("/fil")[:2]
    assert wait <= second - first <= wait * 1.25 + 2
    assert Got.polls[0].failures == 1


def test_page__that_fails__is_tried_again_when_it_is_time(site, web, tmp_path):
    url = feed_with_pages(site, guids="1")
    whole = site.routes[HOST, "/1"]
    answers = iter([Reply(500), Reply(500), whole])
    site.routes[HOST, "/1"] = lambda _: next(answers)
    logged(site)
    read(site, web, tmp_path, ticks((0, 5, 1), (590, 780, 30), (1760, 2330, 30)), url)
    assert (Got.rejects, len(Got.documents)) == ([(1, Reason.FETCH_FAILED), (2, Reason.FETCH_FAILED)], 1)
    for attempt, (before, then) in enumerate(itertools.pairwise(times("/1")), 1):
        wait = back_off(site.url("/1", HOST), attempt, PAGE_BACK_OFF_SECS).total_seconds()
        assert wait <= then - before <= wait + 31


def test_page__of_a_host_that_is_down__keeps_its_neighbours_waiting(site, web, tmp_path):
    gone = Site()
    gone.close()
    url = site.url("/fil", HOST)
    site.routes["/fil"] = Reply(body=rss(*((str(n), gone.url(f"/{n}", "mort.example")) for n in range(3))))
    read(site, web, tmp_path, ticks((0, 8, 1)), url)
    assert Got.rejects == [(1, Reason.FETCH_FAILED)]


def test_article__in_two_feeds__is_fetched_once(site, web, tmp_path):
    first = feed_with_pages(site)
    second = site.url("/autre", HOST)
    site.routes[HOST, "/autre"] = Reply(body=rss(("z", site.url("/1", HOST))))
    counts = read(site, web, tmp_path, ticks((0, 8, 1)), first, second)
    assert (len(Got.documents), counts[Counter.ENTRIES_KNOWN], site.paths().count("/1")) == (2, 1, 1)


def test_page__of_another_site_without_feeds__is_fetched_at_once(site, web, tmp_path):
    url = site.url("/fil", HOST)
    site.routes[HOST, "/fil"] = Reply(body=rss(("1", site.url("/1", "ailleurs.example"))))
    site.routes["ailleurs.example", "/1"] = Reply(body=page("Avis"), headers={"Content-Type": "text/html"})
    read(site, web, tmp_path, ticks((0, 8, 1)), url, site.url("/fil", "troisieme.example"))
    assert len(Got.documents) == 1


def test_page__of_another_site_with_feeds__waits_for_its_turn(site, web, tmp_path):
    url, other = site.url("/fil", HOST), site.url("/fil", "ailleurs.example")
    site.routes[HOST, "/fil"] = Reply(body=rss(("1", site.url("/1", "ailleurs.example"))))
    site.routes["ailleurs.example", "/fil"] = Reply(body=rss())
    site.routes["ailleurs.example", "/1"] = Reply(body=page("Avis"), headers={"Content-Type": "text/html"})
    logged(site)
    read(site, web, tmp_path, ticks((0, 6, 1), (900, 3200, 900), (3220, 3650, 30)), url, other)
    assert len(Got.documents) == 1
    (fetched,) = times("/1")
    assert 3330 <= fetched <= 3510
    assert not [moment for moment in times("/fil") if 3240 <= moment < 3600]


def test_announcement__that_is_late__is_not_lost(site, web, tmp_path):
    url = feed_with_pages(site)
    read(site, web, tmp_path, ticks((0, 8, 1), lag_secs=600), url)
    # What comes of it is stamped with its arrival, and so is not late.
    assert [(moment >= 0, entry) for moment, entry in Got.documents] == [(True, "1"), (True, "2")]


def test_job__that_is_drained__asks_nothing_before_it_is_due(site, web, tmp_path):
    url = feed_with_pages(site)
    read(site, web, tmp_path, ticks((0, 8, 1)), url)  # then the watermark goes to the end of time
    assert site.paths().count("/fil") == 1


@pytest.mark.parametrize("clock", [now, now_and_on])
def test_timers__that_fire_late__make_the_next_request_at_once(site, web, tmp_path, clock):
    """On a clock that goes on, too: what may start at once is not to be put off to the "now" of a moment later."""
    url = feed_with_pages(site)
    logged(site)
    read(site, replace(web, now=clock), tmp_path, ticks((0, 33, 1), ahead_secs=3), url)
    # Not at the end alone, when every timer fires.
    assert [path for moment, path in Got.asked if moment < 30] == ["/robots.txt", "/fil", "/1", "/2"]


def test_timers__that_fire_seconds_early__wait_for_the_moment(site, web, tmp_path):
    url = feed_with_pages(site)
    task = FeedTask(url, replace(known_poll(url), next_due_at=after(200)))
    logged(site)
    read(site, web, tmp_path, ticks((0, 3, 1), (199, 215, 1), ahead_secs=1 - MAX_EARLY_SECS), task)
    assert Got.asked[0][0] == 200
    assert [path for moment, path in Got.asked if moment < 215] == ["/robots.txt", "/fil", "/1", "/2"]


def test_timers__that_fire_much_too_early__make_no_request(site, web, tmp_path):
    url = feed_with_pages(site)
    task = FeedTask(url, replace(known_poll(url), next_due_at=after(200)))
    read(site, web, tmp_path, ticks((0, 3, 1), (199, 215, 4), ahead_secs=-MAX_EARLY_SECS - 100), task)
    assert site.requests == []


def test_job__that_was_away__catches_up_with_one_poll(site, web, tmp_path):
    url = feed_with_pages(site)
    Clock.now = after(7200)  # the ticks of two hours come at once
    read(site, web, tmp_path, ticks((0, 7200, 900)), url)
    assert site.paths().count("/fil") == 1


def test_job__that_begins_anew__keeps_the_due_time_of_the_lake(site, web, tmp_path):
    url = feed_with_pages(site)
    read(site, web, tmp_path, ticks((0, 8, 1)), url)
    task = FeedTask(url, replace(Got.polls[-1], next_due_at=after(200)))
    read(site, web, tmp_path, ticks((30, 190, 50)), task)
    assert site.paths().count("/fil") == 1
    Clock.now = after(190)
    read(site, web, tmp_path, ticks((190, 210, 2)), task)
    # Its state is gone: it reads the feed whole.
    assert site.paths().count("/fil") == 2
    assert len(Got.documents) == 2


def test_feed__of_a_file__is_read_when_due(site, web, tmp_path):
    path = tmp_path / "fil.xml"
    path.write_bytes(rss(("1", site.url("/1", HOST))))
    site.routes["/1"] = Reply(body=page("Avis"), headers={"Content-Type": "text/html"})
    read(site, web, tmp_path, ticks((0, 6, 1), (1000, 1010, 10)), str(path))
    assert (len(Got.polls), len(Got.documents)) == (2, 1)


def test_feed__no_fetch__entries_are_rejects(site, web, tmp_path):
    url = feed_with_pages(site)
    read(site, web, tmp_path, ticks((0, 8, 1)), url, fetch=False)
    assert Got.rejects == [(1, Reason.NO_FULL_CONTENT)] * 2


def test_feed__that_moved_for_good__is_asked_there(site, web, tmp_path):
    url = site.url("/fil", HOST)
    site.routes["/fil"] = Reply(301, headers={"Location": "/neu"})
    site.routes["/neu"] = Reply(body=rss())
    read(site, web, tmp_path, ticks((0, 6, 1), (1000, 1010, 10)), url)
    assert site.paths()[1:] == ["/fil", "/neu", "/neu"]


def test_robots__crawl_delay__is_kept_between_requests(site, web, tmp_path):
    url = feed_with_pages(site, guids="123")
    site.routes[HOST, "/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 7\n")
    logged(site)
    read(site, web, tmp_path, ticks((0, 9, 1), (9, 60, 3)), url)
    assert len(Got.documents) == 3
    assert all(b - a >= 7.0 for (a, _), (b, _) in itertools.pairwise(Got.asked))


def test_entry__new_in_a_feed_with_known_ones__alone_is_fetched(site, web, tmp_path):
    url = feed_with_pages(site)
    whole = site.routes[HOST, "/fil"]

    def later(_: Request) -> Reply:
        if secs(Clock.now) < 600:
            return whole
        feed_with_pages(site, guids="123")
        return site.routes[HOST, "/fil"]

    site.routes[HOST, "/fil"] = later
    counts = read(site, web, tmp_path, ticks((0, 6, 1), (900, 1010, 10)), url)
    assert [entry for _, entry in Got.documents] == ["1", "2", "3"]
    assert counts[Counter.ENTRIES_KNOWN] == 2
    assert timedelta(0) <= Got.polls[1].polled_at - Got.polls[0].next_due_at <= timedelta(seconds=10)
