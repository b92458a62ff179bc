"""A worker process of a local run: Beam's own, without its start-up messages, and never an orphan.

python -m pipeline.worker DRIVER_PROCESS_ID
"""

import logging
import os
import sys
import threading
import time

_PARENT_CHECK_SECS = 1.0


def _end_with(driver: int) -> None:
    # Beam's worker waits for ever for a driver that was killed.
    while os.getppid() == driver:
        time.sleep(_PARENT_CHECK_SECS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    # Before Beam is imported, which warns of Google Cloud packages that nobody asked for; Beam sets the level that
    # --log-level names as soon as it has read the options.
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("apache_beam.runners.worker.sdk_worker_main").setLevel(logging.ERROR)
    from apache_beam.runners.worker.sdk_worker_main import main

    main(sys.argv[:1])
