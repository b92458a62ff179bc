"""What tests of the continuous graph share: a clock and a watermark that are told what to say.

TestStream runs on Beam's BundleBasedDirectRunner: FnApiRunner knows none, and Prism need not be there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from apache_beam.testing import test_stream
from apache_beam.transforms.window import TimestampedValue
from apache_beam.utils.timestamp import Timestamp
from feed_world import START, Clock


def at(moment: datetime) -> Timestamp:
    return Timestamp.of(moment.timestamp())


def after(secs: float) -> datetime:
    return START + timedelta(seconds=secs)


def set_clock(tick: Timestamp, ahead_secs: float) -> Timestamp:
    Clock.now = max(Clock.now, datetime.fromtimestamp(float(tick) + ahead_secs, UTC))
    return tick


class Ticks(beam.PTransform):
    """A tick at each of some moments, with the injected clock and then the watermark set to it.

    Args:
        moments: of the ticks.
        lag_secs: the ticks' timestamps are so far behind: they are late.
        ahead_secs: the clock is so far ahead of the watermark: timers fire late; below zero: early.
    """

    def __init__(self, *moments: datetime, lag_secs: float = 0, ahead_secs: float = 0) -> None:
        super().__init__()
        self.moments = moments
        self.lag_secs = lag_secs
        self.ahead_secs = ahead_secs

    def expand(self, start):
        script = test_stream.TestStream(coder=beam.coders.TimestampCoder())
        for moment in self.moments:
            stamp = at(moment - timedelta(seconds=self.lag_secs))
            script = script.add_elements([TimestampedValue(at(moment), stamp)]).advance_watermark_to(at(moment))
        ticks = start | "Script" >> script.advance_watermark_to_infinity()
        return ticks | "SetClock" >> beam.Map(set_clock, self.ahead_secs)


def ticks(*spans: tuple[int, int, int], lag_secs: float = 0, ahead_secs: float = 0) -> Ticks:
    """Ticks from, until and every so many seconds after `START`."""
    return Ticks(*(after(n) for span in spans for n in range(*span)), lag_secs=lag_secs, ahead_secs=ahead_secs)


@contextmanager
def streaming_pipeline() -> Iterator[beam.Pipeline]:
    """A pipeline for `test_stream`; runs to its end when the `with` block does."""
    options = PipelineOptions()
    options.view_as(StandardOptions).streaming = True
    with beam.Pipeline(BundleBasedDirectRunner(), options=options) as pipeline:
        yield pipeline
