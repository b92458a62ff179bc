"""Run the graph: on this machine by default, or on the runner that the options name."""

import tempfile
import time
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from language.pipelines import PipelineNotFoundError, load_pipeline
from pipeline.graph import build
from pipeline.options import Settings, UsageError
from pipeline.progress import ProgressLine
from pipeline.summary import Summary, summarise
from transforms.files import match_files
from transforms.metrics import read_counts

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


def run(settings: Settings) -> Summary:
    """Run to the end and return the books.

    The local runner is named by its class: by the name "DirectRunner", Beam 2.77 first tries to download another
    one (Prism), and falls back to one that cannot run every graph.
    """
    started = time.monotonic()
    options = PipelineOptions(list(settings.beam_args))
    local = options.view_as(StandardOptions).runner in _LOCAL_RUNNERS
    if local and settings.workers > 1:
        options.view_as(DirectOptions).direct_running_mode = "multi_processing"
        options.view_as(DirectOptions).direct_num_workers = settings.workers
    with tempfile.TemporaryDirectory(prefix="depeche-") as folder:
        ticks = Path(folder, "ticks")
        pipeline = beam.Pipeline(runner=FnApiRunner() if local else None, options=options)
        build(pipeline, settings, tick_path=str(ticks) if local else None)
        with ProgressLine(ticks):
            result = pipeline.run()
            result.wait_until_finish()
    return summarise(read_counts(result), time.monotonic() - started)
