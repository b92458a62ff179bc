"""A worker process: Beam's own, without its start-up messages, and never an orphan.

python -m pipeline.worker DRIVER_PROCESS_ID            once, as the environment variables of the runner say
python -m pipeline.worker DRIVER_PROCESS_ID --serve    for one pipeline after the other, see `pipeline.worker_pool`
"""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping

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


def _serve() -> None:
    """Work for one pipeline after the other; what was loaded for one is there for the next.

    Each line of standard input is a JSON object of the variables that Beam's worker reads; each is answered by an empty
    line on standard output when its pipeline is done. Ends with standard input.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal; the driver ends with the cycle
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever else is printed is no answer
    import pipeline.graph  # noqa: F401  what all pipelines need, while the driver makes the first one

    for line in sys.stdin:
        _work(json.loads(line))
        print(file=answers, flush=True)
    os._exit(0)  # Python would first take the language models apart, object by object


def _work(variables: Mapping[str, str]) -> None:
    from apache_beam.runners.worker.sdk_worker_main import create_harness

    log_handler, harness, _ = create_harness(variables)
    try:
        harness.run()
    finally:
        if log_handler is not None:
            logging.getLogger().removeHandler(log_handler)
            log_handler.close()


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    _quiet()
    if sys.argv[2:] == ["--serve"]:
        _serve()
    else:
        from apache_beam.runners.worker.sdk_worker_main import main

        main(sys.argv[:1])
