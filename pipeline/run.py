"""Run the graph: on this machine by default, or on the runner that the options name."""

import os
import shlex
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions, WorkerOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from language.pipelines import PipelineNotFoundError, load_pipeline
from pipeline.graph import build, models
from pipeline.options import Settings, UsageError
from pipeline.progress import ProgressLine
from pipeline.scratch import scratch_folder
from pipeline.summary import Counts, Summary, summarise
from schemas.tables import FEED_POLLS
from transforms.feed_polls import FeedTask
from transforms.files import document_files, match_files
from transforms.lake import sweep_temporary_everywhere
from transforms.late_originals import mark_late_copies
from transforms.locking import sole_writer
from transforms.metrics import Counter, read_counts
from transforms.portions import Bounds, Portion, forget, portions
from transforms.web import WebSettings

READERS_GRACE_SECS = 2.0
"""Readers read the articles and then their entities and claims; those of a copy stay for so long after it is marked."""
_LOCAL_RUNNERS = (None, "DirectRunner", "direct")


def check(settings: Settings) -> None:
    """Look at inputs and models before anything is started.

    Raises:
        UsageError: naming the pattern that matches no file, or the pipeline that cannot be loaded.
    """
    FileSystems.set_options(PipelineOptions(list(settings.beam_args)))  # s3:// needs them before there is a pipeline
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
    if PipelineOptions(list(settings.beam_args)).view_as(StandardOptions).runner in _LOCAL_RUNNERS:
        counts = _run_in_cycles(settings, due, web)
    else:
        pipeline = beam.Pipeline(options=PipelineOptions(list(settings.beam_args)))
        build(pipeline, settings, due=due, web=web)
        counts = _finish(pipeline)
        _mark_late_copies(settings)
    return summarise(counts, time.monotonic() - started)


def _run_in_cycles(settings: Settings, due: Sequence[FeedTask] | None, web: WebSettings | None) -> Counts:
    """One portion of the input after the other, with the lake as memory between them; the due feeds are one."""
    totals: dict[Counter, dict[str, int]] = {what: {} for what in Counter}
    bounds = Bounds(settings.cycle_documents, settings.cycle_bytes)
    with scratch_folder() as folder:
        ticks, lease = folder / "ticks", folder / "lease"
        with sole_writer(settings.output, lease, settings.wait_secs), ProgressLine(ticks):
            parts: Iterable[Portion | None] = (None,)
            if due is None:
                files = document_files(settings.inputs)
                skipped = partial(_add, totals, {Counter.RECORDS_SKIPPED: {"": 1}})
                parts = portions(files, folder, bounds, settings.limit, skipped)
            if due is not None:  # a day's polls are in folders that later runs do not look at
                sweep_temporary_everywhere(settings.output, FEED_POLLS)
            _mark_late_copies(settings)  # of a run that was killed
            for portion in parts:
                options = PipelineOptions(list(settings.beam_args))
                pipeline = beam.Pipeline(runner=_local_runner(options, settings), options=options)
                build(pipeline, settings, portion, tick_path=str(ticks), lease=str(lease), due=due, web=web)
                _add(totals, _finish(pipeline))
                _mark_late_copies(settings)
                if portion is not None:
                    forget(portion)
    return totals


def _mark_late_copies(settings: Settings) -> None:
    if settings.duplicate_days:
        mark_late_copies(
            settings.output, settings.duplicate_days, models(settings), lambda: time.sleep(READERS_GRACE_SECS)
        )


def _finish(pipeline: beam.Pipeline) -> Counts:
    result = pipeline.run()
    result.wait_until_finish()
    return read_counts(result)


def _add(totals: dict[Counter, dict[str, int]], counts: Counts) -> None:
    for what, by_key in counts.items():
        for key, number in by_key.items():
            totals[what][key] = totals[what].get(key, 0) + number


def _local_runner(options: PipelineOptions, settings: Settings) -> FnApiRunner:
    """The runner of this machine, by its class.

    By the name "DirectRunner", Beam 2.77 first tries to download another one (Prism), and falls back to one that
    cannot run every graph. That name also passes the options on to worker processes, which is done here.
    """
    environment = None
    if settings.workers > 1:
        # Beam's mode "multi_processing" is this, but with a command that breaks on a space in the interpreter's path.
        environment = SubprocessSDKEnvironment.from_command_string(
            f"TMPDIR={shlex.quote(tempfile.gettempdir())} exec {shlex.quote(sys.executable)} "
            f"-m pipeline.worker {os.getpid()}"
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
