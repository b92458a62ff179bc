"""The entry point: options in, exit code out. Beam and spaCy are loaded only when there is something to run."""

import logging
import os
import sys
from collections.abc import Sequence

from pipeline.options import UsageError, parse

DONE, FAILED, BAD_USAGE, TOO_MANY_REJECTS, IN_USE = 0, 1, 2, 3, 4


def main(argv: Sequence[str]) -> int:
    """Run the command line and return the exit code (see ``--help``)."""
    _set_environment()
    try:
        if argv and argv[0] == "sql":
            return _sql(argv[1:])
        if argv and argv[0] == "compact":
            return _compact(argv[1:])
        return _run(argv)
    except UsageError as error:
        print(f"python -m pipeline: {error}", file=sys.stderr)
        return BAD_USAGE


def _set_environment() -> None:
    # Read by libraries when they are loaded, here and in worker processes. One process uses one core: the matrices
    # of a small model are too small to share out, and threads of several workers would fight for the cores.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def _run(argv: Sequence[str]) -> int:
    settings = parse(argv)
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    from pipeline.run import check, run
    from pipeline.summary import report
    from transforms.locking import LakeInUseError

    check(settings)
    try:
        summary = run(settings)
    except LakeInUseError as error:
        print(f"python -m pipeline: {error}", file=sys.stderr)
        return IN_USE
    print(report(summary, settings.output))
    if summary.imbalances:
        print("documents were lost or doubled:\n  " + "\n  ".join(summary.imbalances), file=sys.stderr)
        return FAILED
    if settings.max_rejects is not None and summary.rejects > settings.max_rejects:
        print(f"{summary.rejects} rejects are more than --max-rejects {settings.max_rejects}", file=sys.stderr)
        return TOO_MANY_REJECTS
    return DONE


def _sql(argv: Sequence[str]) -> int:
    from pipeline.sql import main

    return main(argv)


def _compact(argv: Sequence[str]) -> int:
    from pipeline.compact import main

    return main(argv)
