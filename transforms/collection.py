"""Garbage collection, kept off what is loaded once and stays."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEVER = 0


@contextmanager
def loading() -> Iterator[None]:
    """Collect no garbage while something is loaded that stays as long as the process, and never look through it later.

    Modules and language pipelines are some million objects. Python 3.11 looks through all of them again each time that
    their number has grown by a quarter ("Garbage collector design", Python Developer's Guide).
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(_NEVER)  # not gc.disable(): what unpacks language pipelines, srsly 2.5, enables it again
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*thresholds)


atexit.register(gc.unfreeze)  # extensions report what is left at the end as leaks
