"""Ctrl-C: once to end in order, twice to end at once."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupted_twice(stop: threading.Event, say: Callable[[], None]) -> Iterator[None]:
    """Set `stop` at the first Ctrl-C; a second one ends the process as usual. The lake can bear either."""

    def first(_: int, __: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        say()

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore Ctrl-C, also in the processes that are started meanwhile and for as long as they live: it goes to all
    processes of a terminal, and a runner that ends at once cannot be asked for its books."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
