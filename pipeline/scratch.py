"""The folder in which a local run keeps what it needs while it lives: chunks of input, its lease, Beam's own.

A killed run cannot delete its folder. So a run holds its folder locked (flock(2), which the kernel gives back however
the holder ends), and each run that starts deletes those of this user that nobody holds.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "depeche-scratch-"
"""No other folder may be called so: whoever keeps a lake in the folder for temporary files must not lose it."""
_NAME = re.compile(PREFIX + r"[a-z0-9_]{8}")
"""As `tempfile.mkdtemp` makes them."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder for temporary files, where this process's `tempfile` makes its own too; deleted at the end."""
    sweep_scratch()
    folder, descriptor = _make()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)  # Beam's pipelines make folders there
    try:
        yield folder
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)  # a worker that is just ending may still write; the next run sweeps
        os.close(descriptor)


def sweep_scratch() -> None:
    """Delete the folders of runs that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if (
            not _NAME.fullmatch(folder.name)
            or folder.is_symlink()
            or not folder.is_dir()
            or folder.stat().st_uid != os.getuid()
        ):
            continue
        try:
            descriptor = _lock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # in use, or another run was faster, or nothing can be locked here
            continue
        try:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(descriptor)


def _make() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            descriptor = _lock(folder, fcntl.LOCK_EX)
        except FileNotFoundError:
            continue
        if folder.exists():
            return folder, descriptor
        os.close(descriptor)  # a run that started at the same time took it for a dead one's


def _lock(folder: Path, kind: int) -> int:
    """The descriptor of `folder`, locked.

    Raises:
        OSError: FileNotFoundError when it is gone, BlockingIOError when it is taken.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, kind)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
