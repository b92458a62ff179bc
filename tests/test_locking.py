"""Who may write: one run at a time, its batches beside each other, and nobody for a run that is gone."""

import subprocess
import sys
import threading

import pytest
from support import REPOSITORY, article, gathered_rows
from test_lake import PARTITION

from transforms.known import SetAsideKnown
from transforms.locking import LakeInUseError, RunEndedError, alone, batch, sole_writer
from transforms.tables import WriteTables


def test_sole_writer__a_second_one__is_told_and_may_come_later(tmp_path):
    lake = str(tmp_path / "lake")
    with (
        sole_writer(lake, tmp_path / "first", 0),
        pytest.raises(LakeInUseError, match="wait until it ends"),
        sole_writer(lake, tmp_path / "second", 0),
    ):
        pass
    with sole_writer(lake, tmp_path / "second", 0):
        pass
    assert [p for p in (tmp_path / "lake").rglob("*") if p.is_file()] == []


def test_sole_writer__waits_for_the_end_of_another(tmp_path):
    lake = str(tmp_path)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with sole_writer(lake, tmp_path / "first", 0):
            entered.set()
            leave.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(60)
    threading.Timer(0.3, leave.set).start()
    with sole_writer(lake, tmp_path / "second", 60):
        assert leave.is_set()
    holder.join()


def test_batch__of_a_run_that_is_gone__is_not_written(tmp_path):
    lake, lease = str(tmp_path / "lake"), tmp_path / "lease"
    with sole_writer(lake, lease, 0), batch(lake, str(lease)), batch(lake, str(lease)):
        pass
    writer = WriteTables(lake, lease=str(lease))
    with pytest.raises(RunEndedError, match="left to the next run"):
        list(writer._write(PARTITION, gathered_rows({"articles": [article()]})))
    with pytest.raises(RunEndedError):
        list(SetAsideKnown(lake, lease=str(tmp_path / "never-made"))._keep_fresh(PARTITION, [article()]))
    assert [p for p in (tmp_path / "lake").rglob("*") if p.is_file()] == []


def test_sole_writer__killed__leaves_no_lock(tmp_path):
    code = (
        "import os, signal; from pathlib import Path; from transforms.locking import sole_writer\n"
        f"with sole_writer({str(tmp_path)!r}, Path({str(tmp_path / 'first')!r}), 0): os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY).returncode == -9
    with sole_writer(str(tmp_path), tmp_path / "second", 0):
        pass
    with pytest.raises(RunEndedError), batch(str(tmp_path), str(tmp_path / "first")):
        pass


def test_alone__waits_for_the_batches_that_are_being_written(tmp_path):
    lake = str(tmp_path)
    passed = threading.Event()

    def compact() -> None:
        with alone(lake):
            passed.set()

    with batch(lake, None):
        waiting = threading.Thread(target=compact)
        waiting.start()
        assert not passed.wait(0.3)
    waiting.join(60)
    assert passed.is_set()


def test_object_stores__have_no_locks(tmp_path):
    with (
        sole_writer("s3://seau/lac", tmp_path / "a", 0),
        sole_writer("s3://seau/lac", tmp_path / "b", 0),
        batch("s3://seau/lac", str(tmp_path / "never-made")),
        alone("s3://seau/lac"),
    ):
        pass
