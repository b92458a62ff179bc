"""The continuous graph, driven event by event: polls, due times, state, late entries, windows, restarts.

TestStream sets what the job's clock and watermark say; the requests are real, to a server on loopback. It runs on
Beam's BundleBasedDirectRunner: FnApiRunner knows no TestStream, and Prism need not be there.
"""

from datetime import UTC, datetime, timedelta

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.testing.test_stream import TestStream
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp
from test_end_to_end import rows
from test_feeds import START, Clock, feed_with_pages, settings
from test_feeds import site as site
from test_feeds import web as web

from pipeline.graph import Stream, build
from pipeline.options import UsageError, parse
from pipeline.run import check_streaming
from transforms.feed_polls import FeedTask


def at(moment: datetime) -> Timestamp:
    return Timestamp.of(moment.timestamp())


def set_clock(moment: Timestamp) -> Timestamp:
    Clock.now = max(Clock.now, datetime.fromtimestamp(float(moment), UTC))
    return moment


class Ticks(beam.PTransform):
    """A tick at each of some moments, with the injected clock and the watermark set to it."""

    def __init__(self, *moments: datetime) -> None:
        super().__init__()
        self.moments = moments

    def expand(self, start):
        script = TestStream(coder=beam.coders.TimestampCoder())
        for moment in self.moments:
            script = script.add_elements([TimestampedValue(at(moment), at(moment))]).advance_watermark_to(at(moment))
        return start | "Script" >> script.advance_watermark_to_infinity() | "SetClock" >> beam.Map(set_clock)


def ticks(*spans: tuple[int, int, int]) -> Ticks:
    """Ticks from, until and every so many seconds after `START`."""
    return Ticks(*(START + timedelta(seconds=n) for span in spans for n in range(*span)))


def run(lake, web, script: Ticks, *urls: str, **changes) -> None:
    options = PipelineOptions()
    options.view_as(StandardOptions).streaming = True
    with beam.Pipeline(BundleBasedDirectRunner(), options=options) as pipeline:
        build(
            pipeline,
            settings(lake, streaming=True, window_secs=60, **changes),
            web=web,
            stream=Stream([FeedTask(url) for url in urls], script),
        )


def test_stream__entries_become_articles_and_the_feed_is_asked_again_when_due(site, web, tmp_path):
    url = feed_with_pages(site)
    run(tmp_path, web, ticks((0, 30, 1), (30, 1000, 30)), url)
    assert rows(tmp_path, "SELECT url, title FROM articles ORDER BY 1") == [
        (site.url(f"/{n}", "quais.example"), f"Avis {n}") for n in (1, 2)
    ]
    assert site.paths() == ["/robots.txt", "/fil", "/1", "/2", "/fil"]
    first, second = rows(tmp_path, "SELECT polled_at, next_due_at FROM feed_polls ORDER BY 1")
    assert timedelta(0) <= second[0] - first[1] <= timedelta(seconds=30)


@pytest.mark.parametrize("runner", [[], ["--runner", "DirectRunner"], ["--runner=FnApiRunner"]], ids=" ".join)
def test_check_streaming__local_runner__names_the_remedy(runner):
    with pytest.raises(UsageError, match="--follow on this machine, or give --runner PrismRunner"):
        check_streaming(parse(["--feeds", "x", "--streaming", *runner]))


def test_check_streaming__runner_that_can__passes():
    check_streaming(parse(["--feeds", "x", "--streaming", "--runner", "PrismRunner"]))
