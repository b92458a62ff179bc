"""The command line of a run. Importing this module is cheap: Beam is loaded only to check what is left over."""

import argparse
import difflib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from language.shipped import SHIPPED

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
DEFAULT_OUTPUT = "out"
DEFAULT_CYCLE_DOCUMENTS = 2_000
DEFAULT_CYCLE_BYTES = 32_000_000
"""The local runner needs about six times the text that it groups; see docs/lake.md for the figures."""
DEFAULT_WINDOW_SECS = 300
"""A publisher's day then has 288 files of each table at the most, before `compact`."""
NO_MODEL = "none"
"""In place of a pipeline: articles in the language are not annotated."""
DEFAULT_WAIT_SECS = 10.0
"""Time enough for the workers of a killed run to end."""


class UsageError(ValueError):
    """An option that cannot be used; the message names the value and the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run is asked to do, checked.

    Args:
        inputs: paths, folders and globs.
        output: root folder of the tables.
        limit: read at most so many documents.
        source, language: for documents that do not state their own.
        models: spaCy pipeline by language, beside the shipped ones; `NO_MODEL` leaves a language unannotated.
        duplicate_days: how many days may lie between an article and its copy; 0 marks no copies.
        workers: local processes.
        cycle_documents: local runs take at most so many documents at a time.
        cycle_bytes: and at most so many bytes of text.
        wait_secs: how long to wait for another run on the same output to end.
        shards: files a partition is spread over.
        feeds: addresses, files and lists of feeds.
        follow: go on polling until Ctrl-C.
        streaming: one job without end, for a runner that can.
        window_secs: such a job writes the articles that arrived in so many seconds together.
        retry_pages: fetch the pages again that earlier runs could not have, or did not ask for.
        fetch: fetch the pages of entries that do not carry their article.
        poll_secs: time between polls of a feed that asks for none.
        allow_loopback: let requests go to this machine (tests).
        max_rejects: more rejects than this end the run with exit code 3; None for any number.
        log_level: lowest level of the libraries' logs that is shown.
        beam_args: everything else, for Beam.
    """

    inputs: tuple[str, ...]
    output: str
    limit: int | None = None
    source: str | None = None
    language: str | None = None
    models: dict[str, str] = field(default_factory=dict)
    duplicate_days: int = 3
    workers: int = 1
    cycle_documents: int = DEFAULT_CYCLE_DOCUMENTS
    cycle_bytes: int = DEFAULT_CYCLE_BYTES
    wait_secs: float = DEFAULT_WAIT_SECS
    shards: int = 1
    feeds: tuple[str, ...] = ()
    follow: bool = False
    streaming: bool = False
    window_secs: int = DEFAULT_WINDOW_SECS
    retry_pages: bool = False
    fetch: bool = True
    poll_secs: int = 900
    allow_loopback: bool = False
    max_rejects: int | None = None
    log_level: str = "error"
    beam_args: tuple[str, ...] = ()

    @property
    def pipelines(self) -> dict[str, str | None]:
        """The spaCy pipelines of the run by language, None for the one that ships; articles in others are not annotated."""
        named: dict[str, str | None] = dict.fromkeys(SHIPPED) | self.models
        return {language: name for language, name in named.items() if name != NO_MODEL}


def parser() -> argparse.ArgumentParser:
    """The parser of the project's own options."""
    out = argparse.ArgumentParser(
        prog="python -m pipeline",
        allow_abbrev=False,
        description="Dépêche: read news articles, write tables of articles, entities and claims.",
        epilog="All options of Apache Beam are taken too (--runner, --temp_location, …). "
        'Query the tables with: python -m pipeline sql "SELECT …". '
        "Merge small files of closed days with: python -m pipeline compact. "
        "Exit codes: 0 done, 1 failed, 2 bad usage, 3 done with more rejects than --max-rejects, "
        "4 another run is writing to the output.",
    )
    add = out.add_argument
    add(
        "--input",
        action="extend",
        nargs="+",
        metavar="PATH",
        help="files, folders or globs: .txt .html .jsonl .warc, also .gz .zst, or the rejects folder of an output, to try those documents again; may be repeated (default: the bundled sample, if no feeds are given)",
    )
    add(
        "--feeds",
        action="extend",
        nargs="+",
        default=[],
        metavar="FEED",
        help="feeds to poll: addresses, feed files, OPML files, or text files with one of these a line; may be repeated",
    )
    add("--follow", action="store_true", help="go on polling the feeds until Ctrl-C; the output is the only memory")
    add(
        "--streaming",
        action="store_true",
        help="read the feeds in one job without end, on a runner that can: PrismRunner, FlinkRunner, DataflowRunner",
    )
    add(
        "--window-seconds",
        type=_positive,
        metavar="N",
        help=f"with --streaming: write together what arrived within N seconds (default: {DEFAULT_WINDOW_SECS})",
    )
    add("--no-fetch", action="store_true", help="take only the articles that feeds carry whole; fetch no pages")
    add(
        "--retry-pages",
        action="store_true",
        help="fetch the pages again of feed entries that are retryable rejects of the output, also those of --no-fetch",
    )
    add(
        "--poll-minutes",
        type=_positive,
        default=15,
        metavar="N",
        help="poll a feed every N minutes, unless it asks for more time (default: %(default)s)",
    )
    add("--allow-loopback", action="store_true", help="let requests go to this machine: for tests only")
    add("--output", default=DEFAULT_OUTPUT, metavar="FOLDER", help="root folder of the tables (default: %(default)s)")
    add("--limit", type=_positive, metavar="N", help="read at most N documents, in the order of the paths")
    add("--source", metavar="NAME", help="publisher of documents that state neither a URL nor a source")
    add(
        "--language",
        type=_language,
        metavar="CODE",
        help="ISO 639-1 code for documents that state no language (default: identify it)",
    )
    add(
        "--nlp-model",
        action="append",
        default=[],
        type=_model,
        metavar="LANG=NAME",
        help="spaCy pipeline for a language, an installed package or a folder; none: do not annotate it; may be repeated "
        "(French ships)",
    )
    add(
        "--duplicate-days",
        type=_not_negative,
        default=3,
        metavar="N",
        help="mark copies of articles up to N days older, and do not annotate them; 0: mark none (default: %(default)s)",
    )
    add("--workers", type=_positive, default=1, metavar="N", help="local worker processes (default: %(default)s)")
    add(
        "--shards",
        type=_positive,
        default=1,
        metavar="N",
        help="spread each date and source over N files; keep it the same for one output (default: %(default)s)",
    )
    add(
        "--cycle-documents",
        type=_positive,
        default=DEFAULT_CYCLE_DOCUMENTS,
        metavar="N",
        help="local runs go in cycles of at most N documents, which bounds their memory (default: %(default)s)",
    )
    add(
        "--cycle-bytes",
        type=_positive,
        default=DEFAULT_CYCLE_BYTES,
        metavar="N",
        help="and of at most N bytes of text, a page counted with a tenth of its size (default: %(default)s)",
    )
    add(
        "--wait",
        type=_seconds,
        default=DEFAULT_WAIT_SECS,
        metavar="SECONDS",
        help="if another run is writing to the output, wait so long for its end (default: %(default)g)",
    )
    add("--max-rejects", type=_not_negative, metavar="N", help="exit with 3 when more than N documents are rejected")
    add(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="error",
        help="lowest level of the libraries' logs to show (default: %(default)s)",
    )
    return out


def parse(argv: Sequence[str]) -> Settings:
    """Settings from a command line.

    Raises:
        UsageError: for an option that neither this project nor Beam knows.
        SystemExit: with code 2 for a value that an option does not take, with 0 after ``--help``.
    """
    values, beam_args = parser().parse_known_args(argv)
    if beam_args:
        _check_beam_args(beam_args)
    if values.feeds and values.limit is not None:
        raise UsageError("--limit holds for files, not for feeds: leave it out with --feeds")
    if values.follow and not values.feeds:
        raise UsageError("--follow needs feeds to follow: give --feeds")
    if values.streaming and not values.feeds:
        raise UsageError("--streaming reads feeds: give --feeds (files are read by a job that ends)")
    if values.streaming and values.follow:
        raise UsageError("--streaming and --follow exclude each other: --follow is for this machine alone")
    if values.streaming and values.input:
        raise UsageError("--streaming reads feeds alone: read --input in a run of its own")
    if values.window_seconds is not None and not values.streaming:
        raise UsageError("--window-seconds is about --streaming: give both")
    if values.retry_pages and (values.no_fetch or values.streaming):
        raise UsageError("--retry-pages fetches pages, in a run that ends: leave out --no-fetch and --streaming")
    if values.no_fetch and not values.feeds:
        raise UsageError("--no-fetch is about feeds: give --feeds")
    sample = (
        ()
        if values.feeds or values.retry_pages
        else (str(SAMPLES / "*.txt"), str(SAMPLES / "*.html"), str(SAMPLES / "*.jsonl"))
    )
    return Settings(
        inputs=tuple(values.input or sample),
        output=values.output,
        limit=values.limit,
        source=values.source,
        language=values.language,
        models=dict(values.nlp_model),
        duplicate_days=values.duplicate_days,
        workers=values.workers,
        cycle_documents=values.cycle_documents,
        cycle_bytes=values.cycle_bytes,
        wait_secs=values.wait,
        shards=values.shards,
        feeds=tuple(values.feeds),
        follow=values.follow,
        streaming=values.streaming,
        window_secs=values.window_seconds or DEFAULT_WINDOW_SECS,
        retry_pages=values.retry_pages,
        fetch=not values.no_fetch,
        poll_secs=60 * values.poll_minutes,
        allow_loopback=values.allow_loopback,
        max_rejects=values.max_rejects,
        log_level=values.log_level,
        beam_args=tuple(beam_args),
    )


def _check_beam_args(beam_args: Sequence[str]) -> None:
    # Beam drops options it does not know with no more than a log line; a typing error must not go unnoticed.
    from pipeline.beam_options import NoJobServerError, known_options, unknown_options

    try:
        unknown = unknown_options(beam_args)
    except NoJobServerError as error:
        raise UsageError(str(error)) from error
    if unknown:
        known = [*(name for action in parser()._actions for name in action.option_strings), *known_options()]
        close = difflib.get_close_matches(unknown[0].split("=")[0], known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"unknown option {unknown[0]!r}: neither Dépêche nor Beam has it{hint} See --help.")


def _positive(text: str) -> int:
    return _at_least(1, text)


def _not_negative(text: str) -> int:
    return _at_least(0, text)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds of 0 or more")
    return number


def _at_least(least: int, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of {least} or more")
    return number


def _language(text: str) -> str:
    if not re.fullmatch("[a-z]{2,3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a language code such as fr or en")
    return text


def _model(text: str) -> tuple[str, str]:
    language, equals, name = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not LANG=NAME, for example en=en_core_web_sm")
    return _language(language), name
