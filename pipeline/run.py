"""Run the graph: on this machine by default, or on the runner that the options name."""

import os
import shlex
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import (
    DirectOptions,
    GoogleCloudOptions,
    PipelineOptions,
    StandardOptions,
    WorkerOptions,
)
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.portability.fn_api_runner.fn_runner import ExtendedProvisionInfo
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.runners.runner import PipelineState
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from pipeline.interrupts import interrupted_twice, uninterrupted
from pipeline.options import Settings, UsageError
from pipeline.progress import ProgressLine
from pipeline.scratch import scratch_folder
from pipeline.summary import Counts, Summary, read_counts, summarise
from schemas.document import GivenMetadata, RawDocument
from schemas.tables import FEED_POLLS
from transforms.feed_polls import FeedTask, PageTask
from transforms.files import document_files, match_files, with_defaults
from transforms.known_documents import KnownDocuments, known_documents
from transforms.lake import sweep_temporary_everywhere
from transforms.locking import is_local, sole_writer
from transforms.manners import NAME as MANNERS
from transforms.manners import MannersFile
from transforms.metrics import Counter
from transforms.notes import notes
from transforms.portions import CHUNK_BYTES, CHUNK_DOCUMENTS, Bounds, Portion, forget, portions
from transforms.web import WebSettings

READERS_GRACE_SECS = 2.0
"""Readers read the articles and then their entities and claims; those of a copy stay for so long after it is marked."""
_LOCAL_RUNNERS = (None, "DirectRunner", "direct")
_LOOK_SECS = 1.0
_BOUNDED_RUNNERS = ("directrunner", "direct", "fnapirunner", "bundlebaseddirectrunner", "switchingdirectrunner")


def check(settings: Settings) -> None:
    """Look at inputs and models before anything is started.

    Raises:
        UsageError: naming the pattern that matches no file, or the pipeline that cannot be loaded.
    """
    if _is_template(settings) and settings.feeds and not settings.streaming:
        raise UsageError("a template polls feeds without end: give --streaming with --template_location and --feeds")
    FileSystems.set_options(PipelineOptions(list(settings.beam_args)))  # s3:// needs them before there is a pipeline
    for pattern in settings.inputs:
        if not match_files(pattern):
            raise UsageError(f"no file matches --input {pattern!r}: give an existing file, folder or glob")
    output = Path(settings.output)
    if "://" not in settings.output and output.exists() and not output.is_dir():
        raise UsageError(f"--output {settings.output!r} is a file: give a folder")
    if not settings.models:
        return
    from language.pipelines import PipelineNotFoundError, load_pipeline

    for language, name in settings.models.items():
        try:
            load_pipeline(language, name)
        except PipelineNotFoundError as error:
            raise UsageError(str(error)) from error


def _is_template(settings: Settings) -> bool:
    # A launcher of templates makes the job with this option; whoever waits for the job there waits for ever.
    return PipelineOptions(list(settings.beam_args)).view_as(GoogleCloudOptions).template_location is not None


def run(
    settings: Settings,
    due: Sequence[FeedTask] | None = None,
    web: WebSettings | None = None,
    pages: Sequence[PageTask] = (),
) -> Summary | None:
    """Run to the end and return the books; None if only a template was made, and the job runs elsewhere.

    Args:
        due: the feeds to poll, once; None to read files.
        web: how requests are made.
        pages: pages of entries to be fetched besides.

    Raises:
        Exception: whatever failed a bundle, unchanged.
    """
    started = time.monotonic()
    if PipelineOptions(list(settings.beam_args)).view_as(StandardOptions).runner in _LOCAL_RUNNERS:
        counts = _run_in_cycles(settings, due, web, pages)
    else:
        pipeline = beam.Pipeline(options=PipelineOptions(list(settings.beam_args)))
        _build(pipeline, settings, due=due, pages=pages, web=web)
        if _is_template(settings):
            pipeline.run()
            return None
        counts = _finish(pipeline)
        _mark_late_copies(settings)
    return summarise(counts, time.monotonic() - started)


def check_streaming(settings: Settings) -> None:
    """Look whether the runner can run a job without end.

    Raises:
        UsageError: naming the runners that can.
    """
    runner = PipelineOptions(list(settings.beam_args)).view_as(StandardOptions).runner
    if (runner or "DirectRunner").rpartition(".")[2].lower() in _BOUNDED_RUNNERS:
        raise UsageError(
            f"--streaming cannot run on {runner or 'the local runner'}, which never ends a window of an unbounded job: "
            "use --follow on this machine, or give --runner PrismRunner, FlinkRunner or DataflowRunner"
        )


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
    from pipeline.graph import Stream

    _build(pipeline, settings, web=web, stream=Stream(feeds))
    with uninterrupted():
        result = pipeline.run()
    if _is_template(settings):
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


def _run_in_cycles(
    settings: Settings, due: Sequence[FeedTask] | None, web: WebSettings | None, pages: Sequence[PageTask]
) -> Counts:
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
                known = known_documents(settings.output, files)
                passed_over = partial(_pass_over, known, settings, totals) if len(known.ids) else None
                parts = portions(files, folder, bounds, settings.limit, skipped, passed_over, first=_smaller(bounds))
            else:  # a day's polls are in folders that later runs do not look at
                sweep_temporary_everywhere(settings.output, FEED_POLLS)
                web = _with_manners(web or WebSettings(allow_loopback=settings.allow_loopback), settings.output, pages)
            _mark_late_copies(settings)  # of a run that was killed
            for portion, workers in _with_workers(parts, settings.workers):
                options = PipelineOptions(list(settings.beam_args))
                pipeline = beam.Pipeline(
                    runner=_local_runner(options, replace(settings, workers=workers)), options=options
                )
                _build(
                    pipeline, settings, portion, tick_path=str(ticks), lease=str(lease), due=due, pages=pages, web=web
                )
                _add(totals, _finish(pipeline))
                _mark_late_copies(settings)
                if portion is not None:
                    forget(portion)
    return totals


def _with_manners(web: WebSettings, lake: str, pages: Sequence[PageTask]) -> WebSettings:
    if not is_local(lake):
        return web
    path = str(Path(lake, MANNERS))
    MannersFile(path).tidy(web.now())
    return replace(web, manners=path, on_demand=bool(pages))


def _mark_late_copies(settings: Settings) -> None:
    if settings.duplicate_days and notes(settings.output):
        from pipeline.graph import models
        from transforms.late_originals import mark_late_copies

        mark_late_copies(
            settings.output, settings.duplicate_days, models(settings), lambda: time.sleep(READERS_GRACE_SECS)
        )


def _smaller(bounds: Bounds) -> Bounds:
    """Those of the first portion: a reader of the tables sees the first articles within seconds."""
    return Bounds(min(CHUNK_DOCUMENTS, bounds.documents), min(CHUNK_BYTES, bounds.text_bytes))


def _with_workers(parts: Iterable[Portion | None], workers: int) -> Iterator[tuple[Portion | None, int]]:
    """Each portion and for how many processes it is; the first of several is done before others had started."""
    remaining = iter(parts)
    begun = list(islice(remaining, 2))
    for number, portion in enumerate(chain(begun, remaining)):
        yield portion, 1 if number == 0 and len(begun) > 1 else workers


def _build(pipeline: beam.Pipeline, *arguments: Any, **options: Any) -> None:
    # Here, since the graph's libraries take seconds to load and a run that finds nothing new needs none of them.
    from pipeline.graph import build

    build(pipeline, *arguments, **options)


def _pass_over(
    known: KnownDocuments, settings: Settings, totals: dict[Counter, dict[str, int]], document: RawDocument
) -> bool:
    """Count a document as read and known, if it is."""
    source = known.source_of(with_defaults(document, GivenMetadata(source=settings.source, language=settings.language)))
    if source is None:
        return False
    _add(totals, {Counter.DOCUMENTS_READ: {"": 1}, Counter.DOCUMENTS_KNOWN: {source: 1}})
    return True


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
            # Ctrl-C goes to all processes of a terminal; a worker is to finish the cycle, and ends with this process.
            f"trap '' INT; TMPDIR={shlex.quote(tempfile.gettempdir())} exec {shlex.quote(sys.executable)} "
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
