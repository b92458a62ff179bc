"""A progress line for long local runs.

The local runner gives out its counters only at the end, and workers may be other processes. So each article adds
one byte to a file (appending is atomic, POSIX write(2) with O_APPEND), and a thread of the driver looks at its
size.
"""

import os
import sys
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO, TypeVar

Element = TypeVar("Element")

INTERVAL_SECS = 0.5


def tick(element: Element, path: str) -> Element:
    """Pass `element` on and add one byte to the file at `path`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, b".")
    finally:
        os.close(descriptor)
    return element


class ProgressLine(AbstractContextManager["ProgressLine"]):
    """Shows "123 articles, 9.8/s" on `stream` (default: stderr) while it is entered, if that is a terminal."""

    def __init__(self, path: Path, stream: TextIO | None = None) -> None:
        self._path = path
        self._stream = stream or sys.stderr  # now: not what it was when this module was loaded
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def __enter__(self) -> "ProgressLine":
        if self._stream.isatty():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()
            self._stream.write("\r\033[K")
            self._stream.flush()

    def _show(self) -> None:
        started = time.monotonic()
        while not self._done.wait(INTERVAL_SECS):
            articles = self._path.stat().st_size if self._path.exists() else 0
            self._stream.write(f"\r\033[K{progress_text(articles, time.monotonic() - started)}")
            self._stream.flush()


def progress_text(articles: int, elapsed_secs: float) -> str:
    """The line: articles annotated so far, and the mean speed."""
    return f"{articles} articles annotated, {articles / max(elapsed_secs, 0.001):.1f}/s, {elapsed_secs:.0f} s"
