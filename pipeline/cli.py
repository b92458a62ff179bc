"""The entry point: options in, exit code out. Beam and spaCy are loaded only when there is something to run."""

import logging
import os
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.options import Settings, UsageError, parse
from pipeline.worker_processes import started_ahead
from schemas.version import OtherSchemaVersionError
from transforms.collection import loading

if TYPE_CHECKING:
    from pipeline.summary import Summary

DONE, FAILED, BAD_USAGE, TOO_MANY_REJECTS, IN_USE = 0, 1, 2, 3, 4


def main(argv: Sequence[str]) -> int:
    """Run the command line and return the exit code (see ``--help``)."""
    _set_environment()
    try:
        if argv and argv[0] == "sql":
            return _sql(argv[1:])
        if argv and argv[0] == "feeds":
            return _feeds(argv[1:])
        if argv and argv[0] == "compact":
            return _compact(argv[1:])
        return _run(argv)
    except (UsageError, OtherSchemaVersionError) as error:
        print(f"python -m pipeline: {error}", file=sys.stderr)
        return BAD_USAGE


def _set_environment() -> None:
    # Read by libraries when they are loaded, here and in worker processes. One process uses one core: the matrices
    # of a small model are too small to share out, and threads of several workers would fight for the cores.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def _run(argv: Sequence[str]) -> int:
    # Before the options are checked against Beam's: its import warns of Google Cloud packages that nobody asked for.
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    settings = parse(argv)
    logging.getLogger().setLevel(settings.log_level.upper())
    with started_ahead(settings.workers if _is_local(settings) else 1, annotating=bool(settings.pipelines)):
        return _run_as(settings)


def _is_local(settings: Settings) -> bool:
    # Told without Beam; where somebody names the runner of this machine, its workers are started later.
    return not settings.streaming and not any(arg.partition("=")[0] == "--runner" for arg in settings.beam_args)


def _run_as(settings: Settings) -> int:
    with loading():
        from pipeline.run import check, run
        from transforms.locking import LakeInUseError

    check(settings)
    if settings.streaming:
        from pipeline.continuous import check_streaming

        check_streaming(settings)
    codes = []
    try:
        if settings.inputs:
            summary = run(settings)
            codes.append(_tell(None, settings) if summary is None else _judge(summary, settings))
        if settings.retry_pages:
            codes.append(_retry_pages(settings))
        if settings.feeds:
            codes.append(_run_feeds(settings))
    except LakeInUseError as error:
        print(f"python -m pipeline: {error}", file=sys.stderr)
        return IN_USE
    return max(codes, key=_EXIT_CODES_BY_WEIGHT.index)


_EXIT_CODES_BY_WEIGHT = (DONE, TOO_MANY_REJECTS, BAD_USAGE, FAILED)


def _judge(summary: "Summary", settings: Settings) -> int:
    from pipeline.summary import report

    print(report(summary, settings.output), flush=True)
    if summary.imbalances:
        print("documents were lost or doubled:\n  " + "\n  ".join(summary.imbalances), file=sys.stderr)
        return FAILED
    if settings.max_rejects is not None and summary.rejects > settings.max_rejects:
        print(f"{summary.rejects} rejects are more than --max-rejects {settings.max_rejects}", file=sys.stderr)
        return TOO_MANY_REJECTS
    return DONE


def _retry_pages(settings: Settings) -> int:
    from pipeline.feeds import retry_pages
    from transforms.web import WebSettings

    summary = retry_pages(settings, WebSettings(allow_loopback=settings.allow_loopback))
    if summary is None:
        print(f"{settings.output} has no rejects of pages that could be fetched again")
        return DONE
    return _judge(summary, settings)


def _run_feeds(settings: Settings) -> int:
    from pipeline.feeds import feeds_of, follow, poll_once, stream
    from pipeline.interrupts import interrupted_twice
    from transforms.feed_memory import FeedMemory, next_due
    from transforms.web import WebSettings

    web = WebSettings(allow_loopback=settings.allow_loopback)
    feed_urls = feeds_of(settings, web)
    if settings.streaming:
        return _tell(stream(settings, feed_urls, web), settings)
    if settings.follow:
        codes: list[int] = []
        stop = threading.Event()
        words = "ending after this cycle; once more to end at once"
        with interrupted_twice(stop, lambda: print(words, file=sys.stderr, flush=True)):
            follow(settings, feed_urls, web, stop, lambda summary: codes.append(_judge(summary, settings)))
        return max(codes, key=_EXIT_CODES_BY_WEIGHT.index, default=DONE)
    memory = FeedMemory(settings.output)
    summary = poll_once(settings, feed_urls, memory, web)
    if summary is not None:
        return _judge(summary, settings)
    moment = next_due(memory.tasks(feed_urls), web.now())
    when = f"the next one at {moment:%Y-%m-%d %H:%M} UTC" if moment is not None else "and none ever will be"
    print(
        f"none of {len(feed_urls)} feeds is due, {when}; see python -m pipeline feeds status --lake {settings.output}"
    )
    return DONE


def _tell(summary: "Summary | None", settings: Settings) -> int:
    from pipeline.summary import report

    if summary is None:
        print("the job goes on: end it with the tools of its cluster", file=sys.stderr)
    else:  # not judged: what was under way when the job was ended is in no book
        print(report(summary, settings.output), flush=True)
    return DONE


def _feeds(argv: Sequence[str]) -> int:
    from pipeline.feeds import main

    return main(argv)


def _sql(argv: Sequence[str]) -> int:
    from pipeline.sql import main

    return main(argv)


def _compact(argv: Sequence[str]) -> int:
    from pipeline.compact import main

    return main(argv)
