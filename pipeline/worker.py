"""A worker process: Beam's own, without its start-up messages, and never an orphan.

python -m pipeline.worker DRIVER_PROCESS_ID                     once, as the environment variables of the runner say
python -m pipeline.worker DRIVER_PROCESS_ID --serve MODULES PIPES...    several, for one pipeline after the other (see
    `pipeline.worker_processes`): MODULES, with commas between them, are what all of them need; PIPES are two file
    descriptors a worker, ORDERS:ANSWERS; a line of standard input lets them begin, as JSON: the language pipelines that
    they will need, or null, and the folder for temporary files
"""

import json
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from transforms.collection import loading

_PARENT_CHECK_SECS = 1.0


def _end_with(driver: int) -> None:
    # Beam's worker waits for ever for a driver that was killed.
    while os.getppid() == driver:
        time.sleep(_PARENT_CHECK_SECS)
    os._exit(1)


def _quiet() -> None:
    # Before Beam is imported, which warns of Google Cloud packages that nobody asked for; Beam sets the level that
    # --log-level names as soon as it has read the options.
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("apache_beam.runners.worker.sdk_worker_main").setLevel(logging.ERROR)


def _serve(driver: int, modules: Sequence[str], pipes: Sequence[tuple[int, int]]) -> NoReturn:
    """Fork a worker for each pair of pipes from a process that has loaded what all of them need; end when they end.

    So it is loaded once, and in memory once, and while the driver is loading as much. There is nothing else to inherit:
    no thread of Python's, no file. A worker that dies takes the others and this process along. Without a line of
    standard input there is nothing to do after all.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal; the driver ends with the cycle
    forks_are_safe = sys.platform != "darwin"  # where libraries of the system cannot bear a fork once they are loaded
    if forks_are_safe:
        with loading():
            for module in modules:
                import_module(module)
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    order = json.loads(line)
    tempfile.tempdir = os.environ["TMPDIR"] = order["temporary"]  # the run's own, which is swept if it is killed
    if forks_are_safe:
        models = order["models"]
        with loading():  # besides, a collection would write to, and so copy, every page that is shared
            held = None if models is None else _warmed_up(models)  # noqa: F841  models are kept while somebody has them
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    workers = [_forked(own, pipes) for own in pipes]
    for descriptor in (end for pair in pipes for end in pair):
        os.close(descriptor)
    threading.Thread(target=_end_with, args=(driver,), daemon=True).start()
    while workers:
        worker, status = os.wait()
        workers.remove(worker)
        if status:
            for other in workers:
                os.kill(other, signal.SIGKILL)
            os._exit(1)
    os._exit(0)


def _warmed_up(models: Mapping[str, str | None]) -> object:
    from pipeline.warm_up import warm_up

    return warm_up(models)


def _forked(own: tuple[int, int], pipes: Sequence[tuple[int, int]]) -> int:
    parent = os.getpid()
    with warnings.catch_warnings():
        # Of forking beside other threads, from Python 3.12 on. There is one, of the allocator that pyarrow brings, and
        # jemalloc prepares itself for forks (pthread_atfork in its source).
        warnings.simplefilter("ignore", DeprecationWarning)
        worker = os.fork()
    if worker:
        return worker
    for pair in pipes:
        if pair != own:
            for descriptor in pair:
                os.close(descriptor)
    if sys.platform == "linux":  # elsewhere what is loaded may not bear it, or there is no /proc to tell what is held
        _fork_guarded_child()  # before there are threads: of this one, and then those of Beam
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        _work_as_ordered(*own)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)  # Python would first take the language models apart, object by object


def _fork_guarded_child() -> None:
    from transforms.cleaning import DEADLINE_SECS
    from transforms.guard import fork_ahead

    fork_ahead(DEADLINE_SECS)


def _work_as_ordered(orders: int, answers: int) -> None:
    """Work for one pipeline after the other; what was loaded for one is there for the next.

    The first answer is a line with the number of this process. Each order is a line, a JSON object of the variables that
    Beam's worker reads, and is answered by an empty line when its pipeline is done. Ends with the orders.
    """
    sys.stdout = sys.stderr  # the driver's output is the driver's
    with os.fdopen(orders, encoding="utf-8") as lines, os.fdopen(answers, "w", encoding="utf-8") as answered:
        print(os.getpid(), file=answered, flush=True)
        for line in lines:
            _work(json.loads(line))
            print(file=answered, flush=True)


def _work(variables: Mapping[str, str]) -> None:
    from apache_beam.runners.worker.sdk_worker_main import create_harness

    log_handler, harness, _ = create_harness(variables)
    try:
        harness.run()
    finally:
        if log_handler is not None:
            logging.getLogger().removeHandler(log_handler)
            log_handler.close()


def _pipes(arguments: Sequence[str]) -> list[tuple[int, int]]:
    pairs = (argument.split(":") for argument in arguments)
    return [(int(orders), int(answers)) for orders, answers in pairs]


if __name__ == "__main__":
    _quiet()
    if sys.argv[2:3] == ["--serve"]:
        _serve(int(sys.argv[1]), sys.argv[3].split(","), _pipes(sys.argv[4:]))
    else:
        threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
        from apache_beam.runners.worker.sdk_worker_main import main

        main(sys.argv[:1])
