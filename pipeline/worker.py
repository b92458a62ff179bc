"""A worker process of a local run: Beam's own, without its start-up messages."""

import logging
import sys

if __name__ == "__main__":
    # Before Beam is imported, which warns of Google Cloud packages that nobody asked for; Beam sets the level that
    # --log-level names as soon as it has read the options.
    logging.basicConfig(level=logging.ERROR)
    logging.getLogger("apache_beam.runners.worker.sdk_worker_main").setLevel(logging.ERROR)
    from apache_beam.runners.worker.sdk_worker_main import main

    main(sys.argv)
