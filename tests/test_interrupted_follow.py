"""Ctrl-C as a terminal sends it: to the program and all its processes, while a cycle is under way."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from feed_world import page, rows, rss
from support import REPOSITORY
from webserver import Reply, Request, Site

PATIENCE_SECS = 240.0


class Followed:
    """A run that follows one feed in two processes, and waits in the middle of its first cycle for a page.

    Args:
        asked: set when the page is asked for.
        answer: to be set for the page to be answered.
    """

    def __init__(self, site: Site, lake: str) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()
        site.routes["/robots.txt"] = Reply(404)
        site.routes["/fil"] = Reply(body=rss(("1", site.url("/1")), ("2", site.url("/2"))))
        site.routes["/2"] = Reply(body=page("Avis 2"), headers={"Content-Type": "text/html"})
        site.routes["/1"] = self._page
        command = f"--feeds {site.url('/fil')} --follow --workers 2 --allow-loopback --language fr --output {lake}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", *command.split()],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def _page(self, _: Request) -> Reply:
        self.asked.set()
        self.answer.wait(PATIENCE_SECS)
        return Reply(body=page("Avis 1"), headers={"Content-Type": "text/html"})

    def interrupt(self) -> None:
        os.killpg(self.process.pid, signal.SIGINT)


@pytest.fixture
def followed(tmp_path) -> Iterator[Followed]:
    site = Site()
    run = Followed(site, str(tmp_path / "lake"))
    yield run
    run.answer.set()
    if run.process.poll() is None:
        os.killpg(run.process.pid, signal.SIGKILL)
        run.process.communicate()
    site.close()


def test_ctrl_c__in_two_processes__ends_after_the_cycle(followed, tmp_path):
    assert followed.asked.wait(PATIENCE_SECS)
    followed.interrupt()
    assert followed.process.stderr.readline() == "ending after this cycle; once more to end at once\n"
    followed.answer.set()
    report, errors = followed.process.communicate(timeout=PATIENCE_SECS)
    assert (followed.process.returncode, errors) == (0, "")
    assert "read 2 = articles 2 + known 0 + rejects 0" in report
    assert rows(tmp_path / "lake", "SELECT title FROM articles ORDER BY 1") == [("Avis 1",), ("Avis 2",)]
    assert rows(tmp_path / "lake", "SELECT status, new_entries FROM feed_polls") == [(200, 2)]


def test_ctrl_c__twice__ends_at_once(followed, tmp_path):
    assert followed.asked.wait(PATIENCE_SECS)
    followed.interrupt()
    assert followed.process.stderr.readline() == "ending after this cycle; once more to end at once\n"
    followed.interrupt()  # the page is never answered
    assert followed.process.wait(PATIENCE_SECS) == -signal.SIGINT
    assert not list((tmp_path / "lake" / "articles").rglob("*.parquet"))
