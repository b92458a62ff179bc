"""A page that hangs, crashes or eats memory ends its child, and the next one is served."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from types import SimpleNamespace

import pytest

from schemas.vocabulary import Reason
from tests.support import REPOSITORY, raw_document
from transforms.guard import GuardedCallError, GuardedCleaning
from transforms.guard_child import OUT_OF_MEMORY_STATUS
from transforms.rejects import RejectedError

DEADLINE_SECS = 1.0


@pytest.fixture(scope="module")
def guarded() -> Iterator[GuardedCleaning]:
    guard = GuardedCleaning(DEADLINE_SECS, "tests.misbehaving:clean")
    yield guard
    guard.close()


@pytest.mark.parametrize(
    ("payload", "reason", "detail"),
    [
        pytest.param(b"hang", Reason.TIMEOUT, "stopped after 1 seconds", id="hang"),
        pytest.param(b"backtrack", Reason.TIMEOUT, "stopped after 1 seconds", id="catastrophic-backtracking"),
        pytest.param(b"segfault", Reason.CRASHED, "exit code -11", id="segmentation-fault"),
        pytest.param(b"kill", Reason.CRASHED, "exit code -9", id="killed-from-outside"),
        pytest.param(b"exit", Reason.CRASHED, "exit code 3", id="exit"),
        pytest.param(b"memory", Reason.CRASHED, f"exit code {OUT_OF_MEMORY_STATUS}", id="out-of-memory"),
        pytest.param(b"alarm", Reason.TIMEOUT, "stopped after 1 seconds", id="stopped-by-its-own-alarm"),
        pytest.param(b"reject", Reason.NO_ARTICLE, "nothing here", id="its-own-reject"),
    ],
)
def test_clean__misbehaving_document__is_rejected_and_the_next_is_served(
    guarded: GuardedCleaning, payload: bytes, reason: Reason, detail: str
) -> None:
    with pytest.raises(RejectedError) as caught:
        guarded.call(raw_document(payload))
    assert caught.value.reason is reason
    assert detail in caught.value.detail
    assert guarded.call(raw_document(b"next")).text.startswith("b'next'")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Puts the guard's clock forward by so many seconds."""
    ahead = [0.0]
    clock = SimpleNamespace(monotonic=lambda: ahead[0])
    monkeypatch.setattr("transforms.guard.time", clock)
    return lambda seconds: ahead.__setitem__(0, ahead[0] + seconds)


def test_result__asked_for_late__is_what_the_child_has_made(
    guarded: GuardedCleaning, later: Callable[[float], None]
) -> None:
    guarded.call(raw_document(b"so that there is a child"))
    guarded.submit(raw_document(b"in time"))
    assert guarded._pipe is not None
    assert guarded._pipe.poll(30)
    later(2 * DEADLINE_SECS)
    assert guarded.result().text.startswith("b'in time'")


@pytest.mark.parametrize("dies", [False, True], ids=["in-peace", "and-is-killed"])
def test_submit__child_is_only_starting__is_served_when_asked_for(dies: bool) -> None:
    guard = GuardedCleaning(DEADLINE_SECS, "tests.misbehaving:clean")
    with closing(guard):
        guard.submit(raw_document(b"first"))
        assert guard._process is not None
        if dies:
            guard._process.kill()
            guard._process.wait()
        assert guard.result().text.startswith("b'first'")


@pytest.mark.parametrize(("away", "waited"), [(0.75, 0.25), (3.0, 0.0)], ids=["a-while", "too-long"])
def test_result__of_a_document_that_hangs__is_waited_for_until_one_deadline_from_when_it_was_submitted(
    away: float,
    waited: float,
    guarded: GuardedCleaning,
    later: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guarded.call(raw_document(b"so that there is a child"))
    guarded.submit(raw_document(b"hang"))
    waits = []
    monkeypatch.setattr(type(guarded._pipe), "poll", lambda _, seconds: waits.append(seconds))
    later(away * DEADLINE_SECS)
    with pytest.raises(RejectedError) as caught:
        guarded.result()
    assert caught.value.reason is Reason.TIMEOUT
    assert waits == [waited * DEADLINE_SECS]


def test_clean__fault_of_the_program__is_raised_with_its_traceback(guarded: GuardedCleaning) -> None:
    with pytest.raises(GuardedCallError, match="a fault of the program"):
        guarded.call(raw_document(b"fault"))


def test_clean__several_documents__share_one_child(guarded: GuardedCleaning) -> None:
    texts = {guarded.call(raw_document(b"same")).text for _ in range(3)}
    assert len(texts) == 1


def test_clean__child_died_between_documents__innocent_document_is_served(guarded: GuardedCleaning) -> None:
    pid = int(guarded.call(raw_document(b"one")).text.rpartition(" ")[2])
    os.kill(pid, 9)
    _await_end(pid)
    assert guarded.call(raw_document(b"two")).text.startswith("b'two'")


def test_close__running_child__is_gone() -> None:
    guard = GuardedCleaning(DEADLINE_SECS, "tests.misbehaving:clean")
    pid = int(guard.call(raw_document(b"one")).text.rpartition(" ")[2])
    guard.close()
    assert not _is_running(pid)
    assert guard.close() is None


_MISBEHAVIOUR = {
    "hang": "timeout extraction was stopped after 1 seconds",
    "kill": "crashed the extraction process ended with exit code -9",
    "exit": "crashed the extraction process ended with exit code 3",
    "memory": f"crashed the extraction process ended with exit code {OUT_OF_MEMORY_STATUS}",
    "alarm": "timeout extraction was stopped after 1 seconds",
    "reject": "no_article nothing here",
}


def test_fork__misbehaving_documents__are_rejected_and_the_next_is_served_by_a_program() -> None:
    """In a process of its own, since this one has threads."""
    program = f"""
import os
from tests.support import raw_document
from transforms.guard import GuardedCleaning
from transforms.rejects import RejectedError

for payload in {list(_MISBEHAVIOUR)!r}:
    guard = GuardedCleaning({DEADLINE_SECS}, "tests.misbehaving:clean")
    guard.fork()
    try:
        guard.call(raw_document(payload.encode()))
    except RejectedError as error:
        print(f"{{error.reason}} {{error.detail}}")
    assert guard.call(raw_document(b"next")).text.startswith("b'next'")
    guard.close()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout.splitlines() == list(_MISBEHAVIOUR.values())


def test_fork__what_the_parent_has_open__is_closed_in_the_child() -> None:
    """Else a reader of the parent's pipe would wait for the child, too."""
    program = """
import os
from transforms.guard import GuardedCleaning

reading, writing = os.pipe()
guard = GuardedCleaning(30.0, "tests.misbehaving:clean")
guard.fork()
os.close(writing)
print(os.read(reading, 1))
guard.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY, timeout=60
    )
    assert done.stdout == "b''\n"


def test_fork__function_that_does_not_exist__says_so() -> None:
    program = """
from transforms.guard import GuardedCallError, GuardedCleaning

guard = GuardedCleaning(30.0, "tests.misbehaving:missing")
guard.fork()
try:
    guard.call(None)
except GuardedCallError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "the extraction process did not start: exit code 1\n"


def test_fork__parent_ends_without_a_document__ends_without_a_word() -> None:
    program = """
from transforms.guard import GuardedCleaning

guard = GuardedCleaning(30.0, "tests.misbehaving:clean")
guard.fork()
assert guard._pipe.poll(60)
guard._pipe.close()
print(guard._process.wait())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_fork__parent_ends__ends_by_itself() -> None:
    program = (
        "import os; from tests.support import raw_document; from transforms.guard import GuardedCleaning;"
        "guard = GuardedCleaning(30.0, 'tests.misbehaving:clean'); guard.fork();"
        "print(guard.call(raw_document(b'x')).text.rpartition(' ')[2], flush=True); os.kill(os.getpid(), 9)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as parent:
        assert parent.stdout is not None
        _await_end(int(parent.stdout.readline()))


def test_child__parent_killed__ends_by_itself() -> None:
    program = (
        "import time; from tests.support import raw_document;"
        "from transforms.guard import GuardedCleaning;"
        "guard = GuardedCleaning(30.0, 'tests.misbehaving:clean');"
        "print(guard.call(raw_document(b'x')).text.rpartition(' ')[2], flush=True);"
        "time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    _await_end(pid)


def test_child__what_it_loads__is_not_what_only_its_parent_needs() -> None:
    """Each takes as long to load as all of the rest: Beam, scipy, spaCy, and the model of the languages."""
    program = (
        "import sys; from datetime import UTC, datetime; from schemas.document import RawDocument;"
        "from schemas.vocabulary import MediaType;"
        "from transforms.articles import extract; from transforms.language_identification import identifier;"
        "text = 'Le port rouvre lundi, a annoncé le maire.'.encode();"
        "found = extract(RawDocument('a', MediaType.PLAIN_TEXT, text, datetime.now(UTC)));"
        "print(found.article.language, identifier.cache_info().currsize,"
        " {'apache_beam', 'scipy', 'spacy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert done.stdout == "None 0 set()\n"


def test_start__function_that_does_not_exist__says_so() -> None:
    guard = GuardedCleaning(DEADLINE_SECS, "tests.misbehaving:missing")
    with pytest.raises(GuardedCallError, match="did not start"):
        guard.call(raw_document(b"x"))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="ascii") as status:  # noqa: PTH123
        return ") Z " not in status.read()


def _await_end(pid: int) -> None:
    """Fails if the process still runs after ten seconds."""
    deadline = time.monotonic() + 10
    while _is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.01)
