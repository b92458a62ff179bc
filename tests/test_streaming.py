"""The continuous graph from feeds to tables, event by event: windows, restarts, failures in the middle of a batch."""

from datetime import timedelta

import apache_beam as beam
import pytest
from apache_beam.testing import test_stream
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import TimestampedValue
from feed_world import START, feed_with_pages, settings
from feed_world import site as site
from feed_world import web as web
from streams import Ticks, at, streaming_pipeline, ticks
from support import article
from test_end_to_end import rows
from webserver import Reply

from pipeline.continuous import check_streaming, clock
from pipeline.graph import Stream, build
from pipeline.options import UsageError, parse
from transforms import tables as tables_module
from transforms.feed_polls import FeedTask
from transforms.first_versions import KeepFirstVersions
from transforms.ticks import Tick, TickByTimer

HOST = "quais.example"


def run(lake, web, script: Ticks, *urls: str, **changes) -> None:
    with streaming_pipeline() as pipeline:
        build(
            pipeline,
            settings(lake, streaming=True, window_secs=60, **changes),
            web=web,
            stream=Stream([FeedTask(url) for url in urls], script),
        )


def tables(lake) -> list[list[tuple]]:
    return [
        rows(lake, "SELECT url, title, text, duplicate_of FROM articles ORDER BY ALL"),
        rows(lake, "SELECT version_id, mention_id, surface FROM entities ORDER BY ALL"),
        rows(lake, "SELECT version_id, claim_id, text FROM claims ORDER BY ALL"),
    ]


def test_stream__articles_are_written_by_the_window_of_their_arrival(site, web, tmp_path):
    url = feed_with_pages(site)
    first = site.routes[HOST, "/fil"]
    feed_with_pages(site, guids="123")
    both = iter([first, site.routes[HOST, "/fil"]])
    site.routes[HOST, "/fil"] = lambda _: next(both)
    run(tmp_path, web, ticks((0, 6, 1), (100, 900, 400), (1000, 1006, 1), (1100, 1101, 1)), url)
    # All are of the same day, long before their windows: none is dropped, and each window has its file.
    batches = "SELECT list(url ORDER BY url) FROM read_parquet('{}', filename = true) GROUP BY filename ORDER BY 1"
    found = rows(tmp_path, batches.format(tmp_path / "articles" / "*" / "*" / "*.parquet"))
    pages = [site.url(f"/{n}", HOST) for n in (1, 2, 3)]
    assert found == [(pages[:2],), (pages[2:],)]
    polls = rows(tmp_path, "SELECT status, new_entries, len(seen) FROM feed_polls ORDER BY polled_at")
    assert polls == [(200, 2, 0), (200, 1, 0)]


def test_stream__begun_anew_without_its_state__changes_no_table(site, web, tmp_path):
    url = feed_with_pages(site)
    run(tmp_path, web, ticks((0, 6, 1), (100, 200, 90)), url)
    before = tables(tmp_path)
    run(tmp_path, web, ticks((300, 306, 1), (400, 500, 90)), url)
    assert site.paths().count("/fil") == 2
    assert site.paths().count("/1") == 1
    assert tables(tmp_path) == before
    assert [len(table) for table in before][:1] == [2]


@pytest.mark.parametrize("table", ["entities", "claims", "articles"])
def test_stream__write_that_fails_once__is_made_good(site, web, tmp_path, monkeypatch, table):
    url = feed_with_pages(site)
    real, failed = tables_module.write_file, []

    def write(lake, partition, of, name, batch):
        if of.name == table and not failed:
            failed.append(name)
            raise OSError("the disk was full")
        return real(lake, partition, of, name, batch)

    monkeypatch.setattr(tables_module, "write_file", write)
    run(tmp_path, web, ticks((0, 6, 1), (100, 200, 90)), url)
    articles, entities, claims = tables(tmp_path)
    assert (len(articles), len(failed)) == (2, 1)
    assert len(entities) == len(set(entities)) > 0
    assert len(claims) == len(set(claims)) > 0


def test_stream__batch_that_was_never_finished__is_not_doubled_by_smaller_ones(site, web, tmp_path):
    url = feed_with_pages(site)
    run(tmp_path, web, ticks((0, 6, 1), (100, 200, 90)), url)
    before = tables(tmp_path)
    for path in (tmp_path / "articles").rglob("*.parquet"):
        path.unlink()  # a job that died here has left entities and claims of both articles
    second = site.routes[HOST, "/2"]
    site.routes[HOST, "/2"] = Reply(503, headers={"Retry-After": "700"})
    run(tmp_path, web, ticks((200, 206, 1), (300, 304, 1)), url)
    site.routes[HOST, "/2"] = second
    run(tmp_path, web, ticks((1200, 1206, 1), (1300, 1304, 1)), url)
    assert tables(tmp_path) == before


def test_keep_first_versions__pass_once_until_they_are_forgotten():
    day = timedelta(days=1)
    script = test_stream.TestStream()
    for n, moment in enumerate([START, START + timedelta(minutes=10), START + 3 * day]):
        again = TimestampedValue(article(input_uri=str(n)), at(moment))
        script = script.advance_watermark_to(at(moment)).add_elements([again])
    script = script.add_elements([TimestampedValue(article(input_uri="3", version_id="v2"), at(START + 3 * day))])
    with streaming_pipeline() as pipeline:
        kept = pipeline | script.advance_watermark_to_infinity() | KeepFirstVersions()
        assert_that(kept | beam.Map(lambda one: one.input_uri), equal_to(["0", "2", "3"]))


@pytest.mark.parametrize("runner", [[], ["--runner", "DirectRunner"], ["--runner=FnApiRunner"]], ids=" ".join)
def test_check_streaming__local_runner__names_the_remedy(runner):
    with pytest.raises(UsageError, match="--follow on this machine, or give --runner PrismRunner"):
        check_streaming(parse(["--feeds", "x", "--streaming", *runner]))


def test_check_streaming__runner_that_can__passes():
    check_streaming(parse(["--feeds", "x", "--streaming", "--runner", "PrismRunner"]))


@pytest.mark.parametrize(
    ("runner", "kind"),
    [("PortableRunner", TickByTimer), ("FlinkRunner", TickByTimer), ("PrismRunner", Tick), ("DataflowRunner", Tick)],
)
def test_clock__is_one_that_the_runner_keeps_without_growing(runner, kind):
    assert type(clock(parse(["--feeds", "x", "--streaming", "--runner", runner]), START)) is kind
