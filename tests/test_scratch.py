"""Temporary files of runs: all in one folder, which is gone after the run, or after the next one."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from support import REPOSITORY

from pipeline.scratch import PREFIX, scratch_folder, sweep_scratch


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch) -> Path:
    """An empty folder in the place of /tmp, here and in child processes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_scratch_folder__is_where_temporary_files_go_and_ends_with_them(temporary):
    with scratch_folder() as folder:
        assert folder.parent == temporary
        assert Path(tempfile.mkdtemp()).parent == folder
    assert tempfile.gettempdir() == str(temporary)
    assert list(temporary.iterdir()) == []


def test_sweep_scratch__spares_folders_in_use_and_those_of_others(temporary):
    (temporary / f"{PREFIX}deadrun_").mkdir()
    (temporary / f"{PREFIX}deadrun_" / "chunk").touch()
    (temporary / f"{PREFIX}file0000").touch()
    others = ("other", "depeche-", "depeche-lake", f"{PREFIX}of-a-user")
    for other in others:
        (temporary / other).mkdir()
    (temporary / f"{PREFIX}link0000").symlink_to(temporary / "other")
    with scratch_folder() as folder:
        sweep_there = f"import tempfile; tempfile.tempdir = {str(temporary)!r}; "
        sweep_there += "from pipeline.scratch import sweep_scratch; sweep_scratch()"
        subprocess.run([sys.executable, "-c", sweep_there], cwd=REPOSITORY, check=True)
        assert {p.name for p in temporary.iterdir()} == {
            f"{PREFIX}file0000",
            f"{PREFIX}link0000",
            *others,
            folder.name,
        }


def test_scratch_folder__of_a_killed_run__is_swept_by_the_next(temporary):
    code = (
        "import os, signal, tempfile; from pipeline.scratch import scratch_folder\n"
        "with scratch_folder(): tempfile.mkdtemp(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY).returncode == -signal.SIGKILL
    (left,) = temporary.iterdir()
    assert left.name.startswith(PREFIX)
    sweep_scratch()
    assert list(temporary.iterdir()) == []
