"""One run writes to a lake at a time, and no process writes on for a run that was killed.

Locks are taken with flock(2) on folders of the lake itself: they leave no file behind, and the kernel gives them
back when their holder ends, however it ends. Two folders, two locks:

- the lake's root, held by a run from start to end;
- its ``articles`` folder, shared by whoever writes a batch and for as long as the batch takes, and taken alone for a
  moment by a run that starts (it waits for the last batches of workers that a killed run has left behind) and by
  compaction.

A worker process may outlive its run for seconds. Before each batch it looks at the run's lease, a file that the run
holds locked: if nobody does, the run is gone and the batch is not written.

Object stores have no locks: there these functions do nothing, and `docs/lake.md` says what is promised instead.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apache_beam.io.filesystems import FileSystems

from schemas.tables import ARTICLES

_POLL_SECS = 0.1
_NOT_SUPPORTED = (errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL, errno.ENOSYS)
"""What file systems without flock answer; NFS says EBADF for a folder."""


class LakeInUseError(RuntimeError):
    """Another run holds the lake."""


class RunEndedError(RuntimeError):
    """The run that this batch belongs to is gone."""


def is_local(lake: str) -> bool:
    """Whether `lake` is a folder of this machine and no object store."""
    return FileSystems.get_scheme(lake) is None


@contextmanager
def sole_writer(lake: str, lease: Path, wait_secs: float) -> Iterator[None]:
    """Hold `lake` for one run, and `lease` as the sign of its life.

    Args:
        lease: a file that this makes; its path is what the writers of batches are given.
        wait_secs: how long to wait for another run to end.

    Raises:
        LakeInUseError: when another run still holds the lake after that time.
    """
    if not is_local(lake):
        yield
        return
    articles = Path(lake, ARTICLES.name)
    articles.mkdir(parents=True, exist_ok=True)
    lease.touch()
    with _locked(Path(lake), fcntl.LOCK_EX, wait_secs) as free:
        if not free:
            raise LakeInUseError(
                f"another run is writing to {lake!r}: wait until it ends, give it time with --wait SECONDS, "
                "or choose another --output"
            )
        with _locked(lease, fcntl.LOCK_EX, 0):
            with alone(lake):  # batches that a killed run's workers had begun are whole now, and no other can begin
                pass
            yield


@contextmanager
def alone(lake: str) -> Iterator[None]:
    """Wait for the batches that are being written, and let none begin meanwhile."""
    if not is_local(lake):
        yield
        return
    articles = Path(lake, ARTICLES.name)
    articles.mkdir(parents=True, exist_ok=True)
    with _locked(articles, fcntl.LOCK_EX, None):
        yield


@contextmanager
def batch(lake: str, lease: str | None) -> Iterator[None]:
    """Write one batch, or read what decides about one, beside others.

    Args:
        lease: that of the run, or None where it is not known here.

    Raises:
        RunEndedError: when nobody holds the lease any more.
    """
    if not is_local(lake):
        yield
        return
    articles = Path(lake, ARTICLES.name)
    articles.mkdir(parents=True, exist_ok=True)
    with _locked(articles, fcntl.LOCK_SH, None):
        if lease is not None and not _is_held(lease):
            raise RunEndedError(f"the run that held {lease} has ended: this batch is left to the next run")
        yield


def _is_held(lease: str) -> bool:
    if not Path(lease).exists():
        return False
    with _locked(Path(lease), fcntl.LOCK_SH, 0) as free:
        return not free


@contextmanager
def _locked(path: Path, kind: int, wait_secs: float | None) -> Iterator[bool]:
    """Hold a lock on `path`; gives False when it stayed taken for `wait_secs` (None: wait for ever)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield _lock(descriptor, kind, wait_secs)
    finally:
        os.close(descriptor)  # and with it the lock


def _lock(descriptor: int, kind: int, wait_secs: float | None) -> bool:
    until = None if wait_secs is None else time.monotonic() + wait_secs
    while True:
        try:
            fcntl.flock(descriptor, kind if until is None else kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if until is not None and time.monotonic() >= until:
                return False
        except OSError as error:
            if error.errno not in _NOT_SUPPORTED:
                raise
            return True  # a file system without locks promises what an object store does
        time.sleep(_POLL_SECS)
