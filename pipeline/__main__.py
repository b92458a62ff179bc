"""``python -m pipeline``: everything is in `pipeline.cli`, so that workers never need this module."""

import atexit
import os
import sys


def _end_at_once(status: list[int]) -> None:
    # The language models are a million objects: Python takes up to a second to take them apart one by one.
    if status:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status[0])


if __name__ == "__main__":
    _status: list[int] = []
    atexit.register(_end_at_once, _status)  # the first to be registered is the last to be called
    from pipeline.cli import main

    _status.append(main(sys.argv[1:]))
    sys.exit(_status[0])
