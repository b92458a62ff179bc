"""Run cleaning in a child process that can be stopped: no page can hang or kill a worker.

A thread cannot be stopped while a regular expression or libxml2 holds it; a process can. The child is a
program of its own (`guard_child`) and no fork: it never imports `__main__` again, works below daemonic
workers and beside other threads, and holds no copy of the parent's memory. It is kept for the next document.
Only a process that has no other threads yet may fork its first child (`GuardedCleaning.fork`), which then has nothing to
load.
"""

import atexit
import os
import signal
import subprocess
import sys
import time
import traceback
from multiprocessing.connection import Connection, Pipe
from typing import Any, NoReturn

from schemas.vocabulary import Reason
from transforms.guard_child import Failure, serve
from transforms.rejects import RejectedError

MAX_CHILD_BYTES = 2 << 30
"""Address space that a child may take beyond what it begins with: a page that wants more ends its child, not the machine."""
START_SECS = 120.0
"""Time for a child to import what it needs, on a slow and busy machine (measured: 1.5 s on an idle one)."""


class GuardedCallError(RuntimeError):
    """An unexpected exception in the child, with its traceback: a fault of the program, not of the page."""


_ENDED = "the extraction process ended with exit code {}"
EXTRACT = "transforms.articles:extract"
_BEHIND_THE_STREAMS = 3
"""The file descriptor that follows those of standard input, output and error."""
_IDLE: list["GuardedCleaning"] = []
"""Children without work, for the next pipeline in this process: a run in cycles does not pay for each again."""


def borrow(deadline_secs: float, function: str = EXTRACT) -> "GuardedCleaning":
    """An idle guard of this function with this deadline, or a new one; to be given back."""
    for guarded in list(_IDLE):
        if (guarded.deadline_secs, guarded.function) == (deadline_secs, function):
            try:
                _IDLE.remove(guarded)
            except ValueError:  # another thread was faster
                continue
            return guarded
    return GuardedCleaning(deadline_secs, function)


def fork_ahead(deadline_secs: float) -> None:
    """Have a guard of `EXTRACT` idle whose child is a fork of this process (see `GuardedCleaning.fork`)."""
    guarded = GuardedCleaning(deadline_secs)
    guarded.fork()
    give_back(guarded)


def give_back(guarded: "GuardedCleaning") -> None:
    """Keep a borrowed guard, and its child, for the next who needs one."""
    _IDLE.append(guarded)


@atexit.register
def close_idle() -> None:
    """End the children that nobody uses."""
    while _IDLE:
        _IDLE.pop().close()


class _UnreceivedError(RejectedError):
    """The child ended before it had the document."""


class GuardedCleaning:
    """`transforms.articles.extract` in a child process, one document at a time; not for several threads at once.

    The child starts with the first document and again after it was stopped. It ends when this object is
    closed or collected or the parent is gone, since its pipe ends then; should it be busy at that moment,
    an alarm of its own ends it soon after the deadline. While it works, the caller may do something else
    (`submit`, and later `result`).

    Args:
        deadline_secs: after this, the child is killed and the document rejected with TIMEOUT.
        function: ``module:name`` of what the child calls with each document.
        max_child_bytes: address space that the child may take beyond what it begins with.
    """

    def __init__(
        self,
        deadline_secs: float,
        function: str = EXTRACT,
        max_child_bytes: int = MAX_CHILD_BYTES,
    ) -> None:
        self.deadline_secs = deadline_secs
        self.function = function
        self._max_child_bytes = max_child_bytes
        self._process: subprocess.Popen[bytes] | _Fork | None = None
        self._pipe: Connection | None = None
        self._starting = False
        self._waiting: tuple[Any, ...] = ()
        """What was submitted before the child had started."""
        self._submitted: float | None = None
        """When the child got what it is working on."""

    def fork(self) -> None:
        """Start the child as a fork of this process: at once, with all that is loaded here, and only if this process has
        no other thread."""
        ours, theirs = Pipe()
        process = os.fork()
        if not process:
            _serve_alone(theirs, self.function, self.deadline_secs, self._max_child_bytes)
        theirs.close()
        self._process, self._pipe, self._starting = _Fork(process), ours, True

    def call(self, request: Any) -> Any:
        """What the child's function makes of `request`, within the deadline.

        Raises:
            RejectedError: what the function raised, or TIMEOUT, or CRASHED with the child's exit code.
            GuardedCallError: the function raised anything else, or the child did not start.
        """
        self.submit(request)
        return self.result()

    def submit(self, request: Any) -> None:
        """Give the child something to do; its `result` is to be asked for before the next.

        Where there is no child yet, one begins to load what it needs, which takes half a second, and gets the request
        when its result is asked for.

        Raises:
            RejectedError: CRASHED, if a child ends twice before it has the request.
            GuardedCallError: the child did not start.
        """
        if self._running() is None:
            self._spawn()
            self._waiting = (request,)
        else:
            self._hand_over(request)

    def _hand_over(self, request: Any) -> None:
        try:
            self._send(request)
        except _UnreceivedError:  # the child ended while it was idle: not this document's fault
            self._send(request)
        self._submitted = time.monotonic()

    def result(self) -> Any:
        """What the child's function made of the request that was submitted.

        Raises:
            as `call`.
        """
        if self._waiting:
            (request,), self._waiting = self._waiting, ()
            self._hand_over(request)
        assert self._pipe is not None, "nothing was submitted"
        assert self._submitted is not None, "nothing was submitted"
        remaining = max(0.0, self.deadline_secs - (time.monotonic() - self._submitted))
        self._submitted = None
        try:
            answer = self._pipe.recv() if self._pipe.poll(remaining) else None
        except (EOFError, ConnectionError) as error:
            status = self.close(kill=False)
            if status == -signal.SIGALRM:  # its own alarm: the caller was away for longer
                raise self._timeout() from error
            raise RejectedError(Reason.CRASHED, _ENDED.format(status)) from error
        if answer is None:
            self.close()
            raise self._timeout()
        if not isinstance(answer, Failure):
            return answer
        if answer.rejected is not None:
            raise answer.rejected
        raise GuardedCallError(answer.traceback)

    def _timeout(self) -> RejectedError:
        return RejectedError(Reason.TIMEOUT, f"extraction was stopped after {self.deadline_secs:g} seconds")

    def _send(self, request: Any) -> None:
        if self._running() is None:
            self._spawn()
        pipe = self._started()
        try:
            pipe.send(request)
            pipe.recv()
        except (EOFError, ConnectionError) as error:
            raise _UnreceivedError(Reason.CRASHED, _ENDED.format(self.close(kill=False))) from error

    def close(self, *, kill: bool = True) -> int | None:
        """End the child, if there is one, and give its exit code (negative: the signal that ended it).

        Args:
            kill: False for a child that broke its pipe: it is ending, and its own exit code is wanted.
        """
        if self._pipe is not None:
            self._pipe.close()
        if self._process is None:
            return None
        if kill:
            self._process.kill()
        status = self._process.wait()
        self._pipe = self._process = self._submitted = None
        self._starting, self._waiting = False, ()
        return status

    def _running(self) -> Connection | None:
        """The pipe of the child, unless it ended while it had nothing to do."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        return self._pipe

    def _spawn(self) -> None:
        ours, theirs = Pipe()
        with theirs:
            arguments = (theirs.fileno(), self.function, self.deadline_secs, self._max_child_bytes)
            # The child finds our modules where we found them, also on a worker that unpacked them somewhere.
            program = (
                f"import sys; sys.path[:] = {sys.path!r}; from transforms.guard_child import serve; serve{arguments!r}"
            )
            self._process = subprocess.Popen(
                [sys.executable, "-c", program], stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )
        self._pipe, self._starting = ours, True

    def _started(self) -> Connection:
        assert self._pipe is not None, "there is no child"
        if not self._starting:
            return self._pipe
        if not self._pipe.poll(START_SECS):
            self.close()
            raise GuardedCallError(f"the extraction process did not start within {START_SECS:g} seconds")
        try:
            self._pipe.recv()
        except EOFError as error:
            raise GuardedCallError(
                f"the extraction process did not start: exit code {self.close(kill=False)}"
            ) from error
        self._starting = False
        return self._pipe


class _Fork:
    """A forked child, with the methods of a `subprocess.Popen` that are used here."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._status is None:
            process, status = os.waitpid(self._process, os.WNOHANG)
            if process:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def wait(self) -> int:
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        return self._status

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self._process, signal.SIGKILL)


def _serve_alone(pipe: Connection, function: str, deadline_secs: float, max_bytes: int) -> NoReturn:
    """The forked child: nothing of the parent's is open in it but the pipe and the standard streams."""
    try:
        os.dup2(pipe.fileno(), _BEHIND_THE_STREAMS)
        os.closerange(_BEHIND_THE_STREAMS + 1, os.sysconf("SC_OPEN_MAX"))
        serve(_BEHIND_THE_STREAMS, function, deadline_secs, max_bytes)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)  # what the parent has registered for its end is not the child's to do
