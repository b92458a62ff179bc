"""The worker processes of a local run, as the driver sees them: started early, told what to do by pipes.

Importing this module is cheap, so that they may load what they need while the driver is still loading Beam.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress


class Worker:
    """A process of `pipeline.worker`, and the pipes by which it is told what to do.

    Args:
        orders: file descriptor of the pipe that it reads, our end.
        answers: of the pipe that it writes, our end.
    """

    def __init__(self, orders: int, answers: int) -> None:
        self._orders = os.fdopen(orders, "w", encoding="utf-8")
        self._answers = os.fdopen(answers, encoding="utf-8")
        self._process: int | None = None

    def begin(self, order: Mapping[str, str]) -> None:
        """Have it work for a pipeline."""
        if self._process is None:  # it may only just be starting
            self._process = int(self._answers.readline() or 0)
        print(json.dumps(order), file=self._orders, flush=True)

    def finished(self) -> bool:
        """Wait until it has done with the pipeline; False if it has died."""
        return bool(self._answers.readline())

    def kill(self) -> None:
        """End it at once, whatever it does."""
        if self._process:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)

    def close(self) -> None:
        """End it in order, if it is idle."""
        with suppress(BrokenPipeError):
            self._orders.close()
        self._answers.close()


_STEPS = ("pipeline.graph",)
_ANNOTATING = ("language.pipelines", "language.entities", "language.claims")
"""What the steps load when they have something to annotate."""


class WorkerProcesses:
    """So many processes of `pipeline.worker`; the run ends at once when one of them dies.

    Args:
        number: how many.
        annotating: whether they will have to annotate anything.
    """

    def __init__(self, number: int, annotating: bool = True) -> None:
        self.number = number
        modules = (*_STEPS, *_ANNOTATING) if annotating else _STEPS
        self._closing = self._begun = False
        orders, answers = ([os.pipe() for _ in range(number)] for _ in range(2))
        theirs = [(order[0], answer[1]) for order, answer in zip(orders, answers, strict=True)]
        self.workers = [Worker(order[1], answer[0]) for order, answer in zip(orders, answers, strict=True)]
        self._parent = subprocess.Popen(
            [
                *(sys.executable, "-m", "pipeline.worker", str(os.getpid()), "--serve", ",".join(modules)),
                *(f"{order}:{answer}" for order, answer in theirs),
            ],
            stdin=subprocess.PIPE,
            text=True,
            pass_fds=[end for pair in theirs for end in pair],
        )
        for end in (end for pair in theirs for end in pair):
            os.close(end)
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def begin(self, models: Mapping[str, str | None] | None) -> None:
        """Let them be forked, once there is something to do; temporary files go where those of this process go now.

        Args:
            models: the language pipelines to load before, and so once for all; None for those that turn out to be needed.
        """
        self._begun = True
        assert self._parent.stdin is not None, "it is a pipe"
        with suppress(BrokenPipeError):  # the process is dead, and the watcher ends the run
            order = {"models": models, "temporary": tempfile.gettempdir()}
            print(json.dumps(order), file=self._parent.stdin, flush=True)

    def close(self, busy: Collection[Worker] = ()) -> None:
        """End the processes in order, and those that are still at work at once."""
        self._closing = True
        for worker in busy:
            worker.kill()
        if not self._begun:
            self._parent.kill()  # it may be loading still
        assert self._parent.stdin is not None, "it is a pipe"
        with suppress(BrokenPipeError):
            self._parent.stdin.close()
        for worker in self.workers:
            worker.close()
        self._watcher.join()

    def _watch(self) -> None:
        # Beam notices a dead worker nowhere: the run would wait for its answer for ever. Nothing of its batch is
        # visible, so the run may end here and be started again.
        self._parent.wait()
        if not self._closing:
            print(
                "a worker process has died (out of memory?): run again, with fewer --workers",
                file=sys.stderr,
                flush=True,
            )
            os._exit(1)


_AHEAD: list[WorkerProcesses] = []
"""Those that were started ahead and have no work yet."""


@contextmanager
def started_ahead(number: int, annotating: bool = True) -> Iterator[None]:
    """Have so many processes load what they need from now on, for the next who `take`s as many.

    Args:
        annotating: whether they will have to annotate anything.
    """
    if number == 1:
        yield
        return
    _AHEAD.append(WorkerProcesses(number, annotating))
    try:
        yield
    finally:
        while _AHEAD:
            _AHEAD.pop().close()


def take(number: int) -> WorkerProcesses:
    """The processes that were started ahead, or new ones; to be closed by the taker."""
    ahead = next((processes for processes in _AHEAD if processes.number == number), None)
    if ahead is None:
        return WorkerProcesses(number)
    _AHEAD.remove(ahead)
    return ahead
