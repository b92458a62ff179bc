"""The program of the guarded child: answer documents with articles until the pipe ends."""

import logging
import os
import resource
import signal
import traceback
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from transforms.rejects import RejectedError

OUT_OF_MEMORY_STATUS = 137
"""Exit code for "out of memory", the one that container platforms use."""
_GRACE_SECS = 5.0


@dataclass(frozen=True, slots=True)
class Failure:
    """What the child answers in place of an article: a rejection, or the traceback of an unexpected error."""

    rejected: RejectedError | None = None
    traceback: str = ""


def serve(descriptor: int, function: str, deadline_secs: float, max_bytes: int) -> None:
    """Call `function` ("module:name") with each object from the pipe and send back its result or a `Failure`.

    Ends when the other side closes the pipe. `descriptor` is the pipe's file descriptor. An alarm that no
    handler catches ends the process if the parent died and cannot stop it. `max_bytes` is the address space that may
    be taken beyond what the process has now.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; the end of the pipe is ours
    logging.disable(logging.CRITICAL)  # trafilatura reports every odd page as an error
    _limit_memory(max_bytes)
    module, _, name = function.partition(":")
    call = getattr(import_module(module), name)
    pipe = Connection(descriptor)
    pipe.send(None)  # ready
    while True:
        try:
            request = pipe.recv()
        except (EOFError, ConnectionResetError):  # the second if our first word was never read
            return
        pipe.send(None)  # received: from here on an end is this document's doing
        signal.setitimer(signal.ITIMER_REAL, deadline_secs + _GRACE_SECS)
        try:
            answer = call(request)
        except RejectedError as error:
            answer = Failure(rejected=error)
        except MemoryError:
            os._exit(OUT_OF_MEMORY_STATUS)  # nothing else is sure to work now
        except Exception:  # not swallowed: carried over the process boundary and raised there
            answer = Failure(traceback=traceback.format_exc())
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            pipe.send(answer)
        except BrokenPipeError:
            return


def _limit_memory(max_bytes: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _held_bytes() + max_bytes
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _held_bytes() -> int:
    """The address space of this process; 0 where the system does not tell it in /proc."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except FileNotFoundError:
        return 0
