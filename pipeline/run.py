"""Run the graph: on this machine by default, or on the runner that the options name."""

import os
import shlex
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions, WorkerOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from language.pipelines import PipelineNotFoundError, load_pipeline
from pipeline.graph import build
from pipeline.options import Settings, UsageError
from pipeline.progress import ProgressLine
from pipeline.summary import Summary, summarise
from transforms.feed_polls import FeedTask
from transforms.files import match_files
from transforms.metrics import read_counts
from transforms.web import WebSettings

_LOCAL_RUNNERS = (None, "DirectRunner", "direct")


def check(settings: Settings) -> None:
    """Look at inputs and models before anything is started.

    Raises:
        UsageError: naming the pattern that matches no file, or the pipeline that cannot be loaded.
    """
    for pattern in settings.inputs:
        if not match_files(pattern):
            raise UsageError(f"no file matches --input {pattern!r}: give an existing file, folder or glob")
    output = Path(settings.output)
    if "://" not in settings.output and output.exists() and not output.is_dir():
        raise UsageError(f"--output {settings.output!r} is a file: give a folder")
    for language, name in settings.models.items():
        try:
            load_pipeline(language, name)
        except PipelineNotFoundError as error:
            raise UsageError(str(error)) from error


def run(settings: Settings, due: Sequence[FeedTask] | None = None, web: WebSettings | None = None) -> Summary:
    """Run to the end and return the books.

    Args:
        due: the feeds to poll, once; None to read files.
        web: how requests are made.

    Raises:
        Exception: whatever failed a bundle, unchanged.
    """
    started = time.monotonic()
    options = PipelineOptions(list(settings.beam_args))
    local = options.view_as(StandardOptions).runner in _LOCAL_RUNNERS
    with tempfile.TemporaryDirectory(prefix="depeche-") as folder:
        ticks = Path(folder, "ticks")
        pipeline = beam.Pipeline(runner=_local_runner(options, settings) if local else None, options=options)
        build(pipeline, settings, str(ticks) if local else None, due, web)
        with ProgressLine(ticks):
            result = pipeline.run()
            result.wait_until_finish()
    return summarise(read_counts(result), time.monotonic() - started)


def _local_runner(options: PipelineOptions, settings: Settings) -> FnApiRunner:
    """The runner of this machine, by its class.

    By the name "DirectRunner", Beam 2.77 first tries to download another one (Prism), and falls back to one that
    cannot run every graph. That name also passes the options on to worker processes, which is done here.
    """
    environment = None
    if settings.workers > 1:
        # Beam's mode "multi_processing" is this, but with a command that breaks on a space in the interpreter's path.
        environment = SubprocessSDKEnvironment.from_command_string(
            f"exec {shlex.quote(sys.executable)} -m pipeline.worker {os.getpid()}"
        )
        options.view_as(DirectOptions).direct_running_mode = None
        options.view_as(DirectOptions).direct_num_workers = settings.workers
        threading.excepthook = _end_with_a_dead_worker
    options.view_as(WorkerOptions).default_sdk_harness_log_level = settings.log_level.upper()
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    return FnApiRunner(
        default_environment=environment,
        provision_info=ExtendedProvisionInfo(beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)),
    )


def _end_with_a_dead_worker(failure: threading.ExceptHookArgs) -> None:
    # Beam 2.77 notices a dead worker process in the thread that waits for it, and nowhere else: the run would wait
    # for the worker's answer for ever. Nothing of its batch is visible, so the run may end here and be started again.
    threading.__excepthook__(failure)
    if failure.thread is not None and failure.thread.name == "run_worker":
        print(
            "a worker process has died (out of memory?): run again, with fewer --workers", file=sys.stderr, flush=True
        )
        os._exit(1)
