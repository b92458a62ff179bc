"""The continuous job on Prism, as a user starts it. Needs the binary that deploy/prism/install.sh builds."""

import re
import signal
import subprocess
import sys
import threading
import time

import apache_beam as beam
import pytest
from feed_world import page, rss
from support import REPOSITORY
from test_end_to_end import rows
from webserver import Reply, Request, Site

PRISM = REPOSITORY / "deploy" / "prism" / "bin" / "prism"
PATIENCE_SECS = 240.0


def test_install__builds_the_version_of_the_installed_beam():
    script = (REPOSITORY / "deploy" / "prism" / "install.sh").read_text(encoding="utf-8")
    assert re.findall(r"^VERSION=v(.*)$", script, re.M) == [beam.__version__]


@pytest.fixture
def site():
    server = Site()
    yield server
    server.close()


@pytest.mark.skipif(not PRISM.exists(), reason="deploy/prism/install.sh has not been run: there is no Prism binary")
def test_stream__on_prism__writes_what_arrives_and_ends_at_ctrl_c(site, tmp_path):
    polled_twice = threading.Event()
    polls = []

    def feed(request: Request) -> Reply:
        polls.append(request.headers.get("if-none-match"))
        if len(polls) > 1:
            polled_twice.set()
        entries = [(str(n), site.url(f"/{n}")) for n in range(1, 3 + len(polls) - 1)]
        return Reply(body=rss(*entries), headers={"ETag": f'"{len(polls)}"'})

    site.routes["/fil"] = feed
    site.routes["/robots.txt"] = Reply(404)
    site.otherwise = lambda request: Reply(body=page(f"Avis {request.path}"), headers={"Content-Type": "text/html"})
    command = (
        f"--feeds {site.url('/fil')} --streaming --window-seconds 5 --poll-minutes 1 --allow-loopback --language fr "
        f"--output {tmp_path / 'lake'} --runner PrismRunner --prism_location {PRISM}"
    )
    job = subprocess.Popen(
        [sys.executable, "-m", "pipeline", *command.split()],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert polled_twice.wait(PATIENCE_SECS)
        until = time.monotonic() + PATIENCE_SECS
        while len(list((tmp_path / "lake" / "articles").rglob("part-*.parquet"))) < 2 and time.monotonic() < until:
            polled_twice.clear()
            polled_twice.wait(0.2)
        job.send_signal(signal.SIGINT)
        report, _ = job.communicate(timeout=PATIENCE_SECS)
    finally:
        job.kill()
    assert job.returncode == 0
    assert "read 5 = articles 3 + known 2 + rejects 0" in report
    found = rows(tmp_path / "lake", "SELECT url, title FROM articles ORDER BY 1")
    assert found == [(site.url(f"/{n}"), f"Avis /{n}") for n in (1, 2, 3)]
    assert polls[:2] == [None, '"1"']
    assert set(site.most_at_once.values()) == {1}
