"""Pages that could not be had are fetched again on demand."""

from datetime import timedelta

from feed_world import START, Clock, cycle, feed_with_pages, settings
from feed_world import site as site
from feed_world import web as web
from test_end_to_end import rows
from webserver import Reply

from pipeline.cli import main
from pipeline.feeds import retry_pages
from transforms.failed_pages import failed_pages

HOST = "quais.example"


def test_retry_pages__of_failed_ones__brings_those_that_work_now(site, web, tmp_path):
    url = feed_with_pages(site, guids="123")
    second = site.routes[HOST, "/2"]
    site.routes[HOST, "/2"] = site.routes[HOST, "/3"] = Reply(500)
    cycle(tmp_path, web, url)
    Clock.now = START + timedelta(days=2)
    site.routes[HOST, "/2"] = second
    summary = retry_pages(settings(tmp_path), web)
    assert (summary.read, summary.written, summary.rejects, summary.imbalances) == (2, 1, 1, ())
    assert rows(tmp_path, "SELECT title, feed_url FROM articles WHERE title = 'Avis 2'") == [("Avis 2", url)]
    assert sorted(rows(tmp_path, "SELECT payload::VARCHAR LIKE '%/3%', attempt FROM rejects")) == [
        (False, 1),
        (True, 1),
        (True, 2),
    ]
    again = retry_pages(settings(tmp_path), web)
    assert (again.read, again.known, again.rejects) == (2, 1, 1)
    assert site.paths().count("/2") == 2


def test_retry_pages__after_a_run_without_fetching__brings_its_entries(site, web, tmp_path):
    url = feed_with_pages(site)
    cycle(tmp_path, web, url, fetch=False)
    summary = retry_pages(settings(tmp_path), web)
    assert (summary.read, summary.written, summary.imbalances) == (2, 2, ())


def test_retry_pages__refused_for_good__are_left_alone(site, web, tmp_path):
    url = feed_with_pages(site, guids="1")
    site.routes[HOST, "/1"] = Reply(302, headers={"Location": "file:///etc/passwd"})
    cycle(tmp_path, web, url)
    assert failed_pages(str(tmp_path), Clock.now) == []
    assert retry_pages(settings(tmp_path), web) is None


def test_retry_pages__nothing_to_do__says_so(tmp_path, capsys):
    assert main(["--retry-pages", "--output", str(tmp_path)]) == 0
    assert "no rejects of pages" in capsys.readouterr().out
