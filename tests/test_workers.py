"""Worker processes of a local run: what happens when one of the processes is killed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import apache_beam as beam
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from support import REPOSITORY

from pipeline.local_runner import local_runner
from pipeline.worker_pool import worker_pool

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")

DEADLINE_SECS = 120


def workers_of(driver: int) -> dict[int, int]:
    """Process ids of the driver's worker processes and of the one they are forks of, each with its parent's."""
    parents = worker_programs()
    return {process: parent for process, parent in parents.items() if driver in (parent, parents.get(parent))}


def worker_programs() -> dict[int, int]:
    """Process ids of all that is or was forked from `pipeline.worker`, each with its parent's."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(re.search(r"PPid:\s+(\d+)", (folder / "status").read_text()).group(1))
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if b"pipeline.worker" in command:
            parents[int(folder.name)] = parent
    return parents


def all_workers_of(driver: int) -> dict[int, int]:
    """As `workers_of`, once both workers are there."""
    found = workers_of(driver)
    return found if len(found) == 3 else {}


def wait_for(condition):
    deadline = time.monotonic() + DEADLINE_SECS
    while not (value := condition()):
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.05)
    return value


@pytest.fixture
def run(tmp_path):
    command = [sys.executable, "-m", "pipeline", "--workers", "2", "--output", str(tmp_path / "lake")]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()
    process.stderr.close()


@pytest.mark.parametrize("fork", [True, False], ids=["a-worker", "what-workers-are-forks-of"])
def test_killed_worker__ends_the_run_with_a_remedy(run, fork):
    workers = wait_for(lambda: all_workers_of(run.pid))
    os.kill(next(process for process, parent in workers.items() if (parent != run.pid) is fork), signal.SIGKILL)
    _, errors = run.communicate(timeout=DEADLINE_SECS)
    assert run.returncode == 1
    assert "a worker process has died (out of memory?): run again, with fewer --workers" in errors
    wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_killed_driver__takes_its_workers_along(run):
    workers = wait_for(lambda: all_workers_of(run.pid))
    run.kill()
    run.wait()
    wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_workers__have_nothing_of_the_driver_but_pipes_and_its_terminal(run):
    """Above all not its locks on the lake, which would outlive it in them."""
    workers = wait_for(lambda: all_workers_of(run.pid))
    lake = Path(run.args[run.args.index("--output") + 1])
    held = {process: _open_below(process, lake) for process in (run.pid, *workers)}
    assert held.pop(run.pid)
    assert held == {worker: [] for worker in workers}


def _open_below(process: int, folder: Path) -> list[str]:
    targets = [descriptor.readlink() for descriptor in Path(f"/proc/{process}/fd").glob("*")]
    return [str(target) for target in targets if target.is_relative_to(folder)]


def processes_that_worked(folder: Path) -> set[str]:
    """Process ids of all that had an element of a small pipeline on two workers."""
    folder.mkdir()
    options = PipelineOptions([])
    with beam.Pipeline(runner=local_runner(options, 2, "ERROR"), options=options) as pipeline:
        _ = (
            pipeline
            | beam.Create(range(200))
            | beam.Reshuffle()
            | beam.Map(lambda _: (folder / str(os.getpid())).touch())
        )
    return {path.name for path in folder.iterdir()}


def test_worker_pool__one_pipeline_after_the_other__same_processes_and_none_afterwards(tmp_path):
    with worker_pool(2):
        first = processes_that_worked(tmp_path / "first")
        second = processes_that_worked(tmp_path / "second")
    assert len(first) == 2
    assert second == first
    assert not any(Path(f"/proc/{worker}").exists() for worker in first)


def failing_pipeline(folder: Path) -> None:
    def fail(_: int) -> None:
        (folder / str(os.getpid())).touch()
        raise ValueError("no such article")

    options = PipelineOptions([])
    with worker_pool(2), beam.Pipeline(runner=local_runner(options, 2, "CRITICAL"), options=options) as pipeline:
        _ = pipeline | beam.Create([1]) | beam.Map(fail)


def test_worker_pool__failed_pipeline__raises_its_error_and_leaves_no_process(tmp_path):
    with pytest.raises(RuntimeError, match="no such article"):
        failing_pipeline(tmp_path)
    (worker,) = {path.name for path in tmp_path.iterdir()}
    assert not Path(f"/proc/{worker}").exists()


def test_local_runner__without_a_pool__says_what_is_missing():
    options = PipelineOptions([])
    pipeline = beam.Pipeline(runner=local_runner(options, 2, "ERROR"), options=options)
    _ = pipeline | beam.Create([1])
    with pytest.raises(RuntimeError, match="run the pipeline within worker_pool"):
        pipeline.run()
