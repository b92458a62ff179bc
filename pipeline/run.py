"""Run the graph: on this machine by default, or on the runner that the options name."""

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import Any

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions

from pipeline.beam_options import is_template
from pipeline.local_runner import LOCAL_RUNNERS, LocalOptions, local_runner
from pipeline.options import Settings, UsageError
from pipeline.prefetch import one_ahead
from pipeline.progress import ProgressLine
from pipeline.scratch import scratch_folder
from pipeline.summary import Counts, Summary, read_counts, summarise
from pipeline.worker_pool import worker_pool
from schemas.document import GivenMetadata, RawDocument
from schemas.tables import FEED_POLLS
from transforms.collection import loading
from transforms.feed_polls import FeedTask, PageTask
from transforms.file_formats import JsonLine
from transforms.files import document_files, id_of, match_files
from transforms.known_documents import KnownDocuments, known_documents
from transforms.lake import check_lake_version, sweep_temporary_everywhere
from transforms.locking import is_local, sole_writer
from transforms.manners import NAME as MANNERS
from transforms.manners import MannersFile
from transforms.metrics import Counter
from transforms.notes import notes
from transforms.portions import Bounds, Portion, forget, portions
from transforms.web import WebSettings

FIRST_DOCUMENTS, FIRST_BYTES = 50, 4_000_000
"""Bounds of the first cycle of a run: a reader of the tables sees the first articles within seconds."""
READERS_GRACE_SECS = 2.0
"""Readers read the articles and then their entities and claims; those of a copy stay for so long after it is marked."""


def check(settings: Settings) -> None:
    """Look at inputs, output and models before anything is started.

    Raises:
        UsageError: naming the pattern that matches no file, or the pipeline that cannot be loaded.
        OtherSchemaVersionError: naming the output, when another release wrote it.
    """
    if is_template(settings.beam_args) and settings.feeds and not settings.streaming:
        raise UsageError("a template polls feeds without end: give --streaming with --template_location and --feeds")
    FileSystems.set_options(PipelineOptions(list(settings.beam_args)))  # s3:// needs them before there is a pipeline
    for pattern in settings.inputs:
        if not match_files(pattern):
            raise UsageError(f"no file matches --input {pattern!r}: give an existing file, folder or glob")
    output = Path(settings.output)
    if "://" not in settings.output and output.exists() and not output.is_dir():
        raise UsageError(f"--output {settings.output!r} is a file: give a folder")
    if not is_template(settings.beam_args):
        check_lake_version(settings.output)
    named = {language: name for language, name in settings.pipelines.items() if name is not None}
    if not named:
        return
    from language.pipelines import PipelineNotFoundError, load_pipeline

    for language, name in named.items():
        try:
            load_pipeline(language, name)
        except PipelineNotFoundError as error:
            raise UsageError(str(error)) from error


def run(
    settings: Settings,
    due: Sequence[FeedTask] | None = None,
    web: WebSettings | None = None,
    pages: Sequence[PageTask] = (),
    *,
    begins: bool = True,
) -> Summary | None:
    """Run to the end and return the books; None if only a template was made, and the job runs elsewhere.

    Args:
        due: the feeds to poll, once; None to read files.
        web: how requests are made.
        pages: pages of entries to be fetched besides.
        begins: sweep what killed runs have left among the polls; not needed again in each cycle of one process.

    Raises:
        Exception: whatever failed a bundle, unchanged.
    """
    started = time.monotonic()
    if PipelineOptions(list(settings.beam_args)).view_as(StandardOptions).runner in LOCAL_RUNNERS:
        counts = _run_in_cycles(settings, due, web, pages, begins)
    else:
        pipeline = beam.Pipeline(options=PipelineOptions(list(settings.beam_args)))
        _build(pipeline, settings, due=due, pages=pages, web=web)
        if is_template(settings.beam_args):
            pipeline.run()
            return None
        counts = _finish(pipeline)
        _mark_late_copies(settings)
    return summarise(counts, time.monotonic() - started)


def _run_in_cycles(
    settings: Settings,
    due: Sequence[FeedTask] | None,
    web: WebSettings | None,
    pages: Sequence[PageTask],
    begins: bool,
) -> Counts:
    """One portion of the input after the other, with the lake as memory between them; the due feeds are one."""
    books = _Books()
    bounds = Bounds(settings.cycle_documents, settings.cycle_bytes)
    with scratch_folder() as folder:
        ticks, lease = folder / "ticks", folder / "lease"
        with sole_writer(settings.output, lease, settings.wait_secs), ProgressLine(ticks):
            parts: Iterable[Portion | None] = (None,)
            if due is None:
                files = document_files(settings.inputs)
                skipped = partial(books.add, {Counter.RECORDS_SKIPPED: {"": 1}})
                defaults = GivenMetadata(source=settings.source, language=settings.language)
                known = known_documents(settings.output, files)
                passed_over = partial(_pass_over, known, defaults, books) if len(known.ids) else None
                parts = one_ahead(
                    portions(files, folder, bounds, settings.limit, skipped, passed_over, first=_smaller(bounds))
                )
            else:  # a day's polls are in folders that later runs do not look at
                if begins:
                    sweep_temporary_everywhere(settings.output, FEED_POLLS)
                web = _with_manners(web or WebSettings(allow_loopback=settings.allow_loopback), settings.output, pages)
            _mark_late_copies(settings)  # of a run that was killed
            models = settings.pipelines if due is None else None  # a feed need not have any news
            with closing(_with_workers(parts, settings.workers, models)) as begun:
                for portion in begun:
                    options = LocalOptions(list(settings.beam_args))
                    runner = local_runner(options, settings.workers, settings.log_level)
                    pipeline = beam.Pipeline(runner=runner, options=options)
                    _build(
                        pipeline,
                        settings,
                        portion,
                        tick_path=str(ticks),
                        lease=str(lease),
                        due=due,
                        pages=pages,
                        web=web,
                    )
                    books.add(_finish(pipeline))
                    _mark_late_copies(settings)
                    if portion is not None:
                        forget(portion)
    return books.totals


def _with_manners(web: WebSettings, lake: str, pages: Sequence[PageTask]) -> WebSettings:
    if not is_local(lake):
        return web
    path = str(Path(lake, MANNERS))
    MannersFile(path).tidy(web.now())
    return replace(web, manners=path, on_demand=bool(pages))


def _mark_late_copies(settings: Settings) -> None:
    if settings.duplicate_days and notes(settings.output):
        from transforms.late_originals import mark_late_copies

        mark_late_copies(
            settings.output, settings.duplicate_days, settings.pipelines, lambda: time.sleep(READERS_GRACE_SECS)
        )


def _smaller(bounds: Bounds) -> Bounds:
    """Those of the first portion."""
    return Bounds(min(FIRST_DOCUMENTS, bounds.documents), min(FIRST_BYTES, bounds.text_bytes))


def _with_workers(
    parts: Iterable[Portion | None], workers: int, models: Mapping[str, str | None] | None
) -> Generator[Portion | None, None, None]:
    """Each portion; the worker processes live from the first one to the last."""
    remaining = iter(parts)
    for first in remaining:
        with worker_pool(workers, models):
            yield first
            yield from remaining


def _build(pipeline: beam.Pipeline, *arguments: Any, **options: Any) -> None:
    _builder()(pipeline, *arguments, **options)


@cache
def _builder() -> Callable[..., None]:
    # Late, since the graph's libraries take seconds to load and a run that finds nothing new needs none of them; and
    # once, since what is there after loading is never collected.
    with loading():
        from pipeline.graph import build
    return build


def _pass_over(known: KnownDocuments, defaults: GivenMetadata, books: "_Books", record: RawDocument | JsonLine) -> bool:
    """Count a document as read and known, if it is."""
    source = known.source_of(id_of(record, defaults))
    if source is None:
        return False
    books.add({Counter.DOCUMENTS_READ: {"": 1}, Counter.DOCUMENTS_KNOWN: {source: 1}})
    return True


def _finish(pipeline: beam.Pipeline) -> Counts:
    result = pipeline.run()
    result.wait_until_finish()
    return read_counts(result)


class _Books:
    """The counts of all cycles; what is passed over is counted in another thread."""

    def __init__(self) -> None:
        self.totals: dict[Counter, dict[str, int]] = {what: {} for what in Counter}
        self._turn = Lock()

    def add(self, counts: Counts) -> None:
        with self._turn:
            for what, by_key in counts.items():
                for key, number in by_key.items():
                    self.totals[what][key] = self.totals[what].get(key, 0) + number
