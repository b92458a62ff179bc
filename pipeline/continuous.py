"""Run the job without end, on a runner that can."""

import threading
import time
from collections.abc import Sequence
from datetime import datetime

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.runners.runner import PipelineState

from pipeline.beam_options import is_template
from pipeline.interrupts import interrupted_twice, uninterrupted
from pipeline.options import Settings, UsageError
from pipeline.summary import Summary, read_counts, summarise
from transforms.feed_polls import FeedTask
from transforms.ticks import Tick, TickByTimer
from transforms.web import WebSettings

_LOOK_SECS = 1.0
_BOUNDED_RUNNERS = ("directrunner", "direct", "fnapirunner", "bundlebaseddirectrunner", "switchingdirectrunner")
_FLINK_RUNNERS = ("flinkrunner", "portablerunner")
"""How a job gets to Flink. Its runner never forgets the remainders of a splittable DoFn that puts itself off (Beam 2.62
to 2.73, `BundleCheckpointHandlers`): at one a second, 420 MB of state a day."""


def check_streaming(settings: Settings) -> None:
    """Look whether the runner can run a job without end.

    Raises:
        UsageError: naming the runners that can.
    """
    if _runner(settings) in _BOUNDED_RUNNERS:
        runner = PipelineOptions(list(settings.beam_args)).view_as(StandardOptions).runner
        raise UsageError(
            f"--streaming cannot run on {runner or 'the local runner'}, which never ends a window of an unbounded job: "
            "use --follow on this machine, or give --runner PrismRunner, FlinkRunner or DataflowRunner"
        )


def clock(settings: Settings, start: datetime) -> Tick | TickByTimer:
    """The clock that keeps time on the runner of `settings`."""
    return TickByTimer(start) if _runner(settings) in _FLINK_RUNNERS else Tick(start)


def _runner(settings: Settings) -> str:
    runner = PipelineOptions(list(settings.beam_args)).view_as(StandardOptions).runner
    return (runner or "DirectRunner").rpartition(".")[2].lower()


def run_continuously(settings: Settings, feeds: Sequence[FeedTask], web: WebSettings) -> Summary | None:
    """Run the job without end, until its runner ends it or Ctrl-C: that ends a job that lives in this process, and
    leaves one on a cluster to the cluster.

    Returns:
        The books so far; None if the job goes on without this process, or only a template was made.

    Raises:
        Exception: whatever failed the job, unchanged.
    """
    started = time.monotonic()
    options = PipelineOptions(list(settings.beam_args))
    options.view_as(StandardOptions).streaming = True
    pipeline = beam.Pipeline(options=options)
    from pipeline.graph import Stream, build

    build(pipeline, settings, web=web, stream=Stream(feeds, clock(settings, web.now())))
    with uninterrupted():
        result = pipeline.run()
    if is_template(settings.beam_args):
        return None
    stop = threading.Event()
    with interrupted_twice(stop, lambda: None):
        # Not wait_until_finish(): once interrupted, it has closed the connection by which the job is ended.
        while not stop.is_set() and not PipelineState.is_terminal(result.state):
            stop.wait(_LOOK_SECS)
        if not stop.is_set():
            result.wait_until_finish()  # raises what the job has failed of
        elif options.view_as(StandardOptions).runner != "PrismRunner":
            return None
        counts = read_counts(result)
        if stop.is_set():
            result.cancel()
    return summarise(counts, time.monotonic() - started)
