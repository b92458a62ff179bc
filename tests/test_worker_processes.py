"""Worker processes that load what they need before there is work, and once for all."""

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from test_workers import wait_for, worker_programs, workers_of

import transforms.annotation
from language.shipped import SHIPPED
from pipeline import cli
from pipeline.local_runner import local_runner
from pipeline.warm_up import warm_up
from pipeline.worker_pool import worker_pool
from pipeline.worker_processes import started_ahead, take

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")


def processes_once_there_are(number: int) -> set[int]:
    return wait_for(lambda: found if len(found := set(workers_of(os.getpid()))) == number else None)


def test_started_ahead__taken_by_the_next_who_needs_as_many():
    with started_ahead(2):
        ahead = processes_once_there_are(1)
        processes = take(2)
        processes.begin({})
        assert ahead < processes_once_there_are(3)
        processes.close()
    assert not any(Path(f"/proc/{process}").exists() for process in ahead)


@pytest.mark.skipif(sys.platform != "linux", reason="only there workers fork")
def test_worker__before_its_first_page__has_forked_a_child_for_it():
    with started_ahead(2):
        processes = take(2)
        processes.begin({})
        processes_once_there_are(3)
        workers = {worker for worker, parent in workers_of(os.getpid()).items() if parent != os.getpid()}
        children = wait_for(
            lambda: (
                found
                if len(found := {child: of for child, of in worker_programs().items() if of in workers}) == 2
                else None
            )
        )
        assert set(children.values()) == workers
        processes.close()
    wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_started_ahead__nobody_needs_them__ends_them():
    with started_ahead(2):
        (ahead,) = processes_once_there_are(1)
    assert not Path(f"/proc/{ahead}").exists()


def test_started_ahead__one_process__starts_none():
    with started_ahead(1):
        assert workers_of(os.getpid()) == {}


def test_warm_up__holds_the_pipelines_that_annotation_asks_for(monkeypatch):
    before = sys.getswitchinterval()
    held = warm_up(dict.fromkeys(SHIPPED))
    assert sys.getswitchinterval() == before
    monkeypatch.setattr(transforms.annotation, "_load", _refuse)
    assert transforms.annotation.language_pipelines(dict.fromkeys(SHIPPED)) is held


def _refuse(_):
    raise AssertionError("loaded a second time")


def language_models_writer():
    """A function that writes down which languages are loaded in a worker without its doing (it cannot import tests)."""

    def refuse(_):
        raise AssertionError("loaded a second time")

    def write(path: str) -> None:
        load, transforms.annotation._load = transforms.annotation._load, refuse
        try:
            languages = sorted(transforms.annotation.language_pipelines(dict.fromkeys(SHIPPED)))
        finally:
            transforms.annotation._load = load
        Path(path).write_text(json.dumps(languages))

    return write


def test_worker_pool__models_that_are_sure_to_be_needed__are_there_before_the_first_element(tmp_path):
    path, options = tmp_path / "languages.json", PipelineOptions([])
    with (
        worker_pool(2, dict.fromkeys(SHIPPED)),
        beam.Pipeline(runner=local_runner(options, 2, "ERROR"), options=options) as pipeline,
    ):
        _ = pipeline | beam.Create([str(path)]) | beam.Map(language_models_writer())
    assert json.loads(path.read_text()) == ["fr"]


def test_worker_pool__started_ahead__keeps_temporary_files_where_the_run_does(tmp_path, monkeypatch):
    def write_down(path: str) -> None:
        Path(path).write_text(f"{tempfile.gettempdir()} {os.environ['TMPDIR']}")

    path, scratch, options = tmp_path / "said", tmp_path / "scratch", PipelineOptions([])
    scratch.mkdir()
    with started_ahead(2):
        monkeypatch.setattr(tempfile, "tempdir", str(scratch))
        with worker_pool(2), beam.Pipeline(runner=local_runner(options, 2, "ERROR"), options=options) as pipeline:
            _ = pipeline | beam.Create([str(path)]) | beam.Map(write_down)
    assert path.read_text() == f"{scratch} {scratch}"


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], (2, True)),
        (["--nlp-model", "fr=none"], (2, False)),
        (["--runner", "FlinkRunner"], (1, True)),
        (["--runner=FlinkRunner"], (1, True)),
        (["--streaming", "--feeds", "https://a.example/"], (1, True)),
    ],
    ids=["here", "only-to-clean", "elsewhere", "elsewhere-in-one-word", "without-end"],
)
def test_main__starts_ahead_only_workers_of_this_machine(argv, expected, monkeypatch):
    asked = []

    @contextmanager
    def started_ahead(number, annotating):
        asked.append((number, annotating))
        yield

    monkeypatch.setattr(cli, "started_ahead", started_ahead)
    monkeypatch.setattr(cli, "_run_as", lambda _: 0)
    assert cli.main(["--workers", "2", *argv]) == 0
    assert asked == [expected]
