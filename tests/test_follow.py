"""Cycle after cycle until someone says stop, and the view of what was done."""

import threading
from datetime import timedelta

from feed_world import START, Clock, cycle, feed_with_pages, settings, sleep
from feed_world import site as site
from feed_world import web as web

from pipeline.cli import main
from pipeline.feeds import follow, status_text
from pipeline.interrupts import interrupted_twice
from transforms.feed_polls import FeedTask


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
