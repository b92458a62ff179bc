"""Worker processes of a local run: what happens when one of the processes is killed."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import REPOSITORY

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")

DEADLINE_SECS = 120


def workers_of(driver: int) -> list[int]:
    """Process ids of the driver's worker processes."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(re.search(r"PPid:\s+(\d+)", (folder / "status").read_text()).group(1))
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if parent == driver and b"pipeline.worker" in command:
            found.append(int(folder.name))
    return found


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


def test_killed_worker__ends_the_run_with_a_remedy(run):
    os.kill(wait_for(lambda: workers_of(run.pid))[0], signal.SIGKILL)
    _, errors = run.communicate(timeout=DEADLINE_SECS)
    assert run.returncode == 1
    assert "a worker process has died (out of memory?): run again, with fewer --workers" in errors


def test_killed_driver__takes_its_workers_along(run):
    workers = wait_for(lambda: workers_of(run.pid))
    run.kill()
    run.wait()
    wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
