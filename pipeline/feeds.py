"""Poll feeds: once, or cycle after cycle with the lake as the only memory; and show how they are."""

import argparse
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from pipeline.continuous import run_continuously
from pipeline.options import DEFAULT_OUTPUT, Settings, UsageError
from pipeline.run import run
from pipeline.summary import Summary
from schemas.vocabulary import Reason
from transforms.failed_pages import failed_pages
from transforms.feed_lists import named_feeds
from transforms.feed_memory import FeedMemory, due_tasks, next_due
from transforms.feed_polls import FeedTask
from transforms.lake import check_lake_version
from transforms.rejects import RejectedError
from transforms.site_visits import unseen
from transforms.web import Web, WebSettings

MAX_WAIT_SECS = 60.0
"""A waiting run looks at the lake so often: another run may have polled in the meantime."""
MIN_WAIT_SECS = 30.0
"""Feeds that fall due one after the other are polled together: a cycle has a cost of its own of about a second."""
MAX_ERRORS_SHOWN = 20


def feeds_of(settings: Settings, web: WebSettings) -> list[str]:
    """The feeds that ``--feeds`` names.

    Raises:
        UsageError: with each line that names none.
    """
    guest = Web(web)

    def read(url: str) -> bytes:
        answer = guest.get(url).answer
        if answer.status != 200:
            raise RejectedError(Reason.FETCH_FAILED, f"{url} answered {answer.status}")
        return answer.body

    feeds = named_feeds(settings.feeds, read)
    errors = [f"{feed.place}: {feed.url[:200]!r}: {feed.error}" for feed in feeds if feed.error is not None]
    if errors:
        more = [f"and {len(errors) - MAX_ERRORS_SHOWN} more"] if len(errors) > MAX_ERRORS_SHOWN else []
        raise UsageError("these are no feeds:\n  " + "\n  ".join(errors[:MAX_ERRORS_SHOWN] + more))
    if not feeds:
        raise UsageError(f"--feeds {' '.join(settings.feeds)} names no feed")
    return [feed.url for feed in feeds]


def poll_once(
    settings: Settings, feed_urls: Sequence[str], memory: FeedMemory, web: WebSettings, *, begins: bool = True
) -> Summary | None:
    """One cycle over the feeds that are due; None if none is.

    Args:
        begins: this is the first cycle of its process: what a killed one has left half-written is swept.
    """
    due = due_tasks(memory.tasks(feed_urls), web.now(), files_always=not settings.follow)
    return run(settings, due, web, begins=begins) if due else None


def follow(
    settings: Settings,
    feed_urls: Sequence[str],
    web: WebSettings,
    stop: threading.Event,
    show: Callable[[Summary], None],
    wait: Callable[[float], object] | None = None,
) -> None:
    """Cycle after cycle, until `stop` is set or no feed will ever be due again. What a cycle needs to know of the last
    ones it reads in the lake: the process may end at any moment and be started again.

    Args:
        show: called with the books of each cycle.
        wait: waits so many seconds, or less if `stop` is set (default: on `stop` itself).
    """
    memory = FeedMemory(settings.output, web.now)
    wait = wait or stop.wait
    begins = True
    while not stop.is_set():
        summary = poll_once(settings, feed_urls, memory, web, begins=begins)
        if summary is not None:
            begins = False
            show(summary)
            if summary.imbalances:
                return
        moment = next_due(memory.tasks(feed_urls), web.now())
        if moment is None:
            return
        wait(min(max((moment - web.now()).total_seconds(), MIN_WAIT_SECS), MAX_WAIT_SECS))


def retry_pages(settings: Settings, web: WebSettings) -> Summary | None:
    """Fetch the pages of entries again that are retryable rejects; None if there are none."""
    pages = failed_pages(settings.output, web.now())
    return run(settings, (), web, pages) if pages else None


def stream(settings: Settings, feed_urls: Sequence[str], web: WebSettings) -> Summary | None:
    """One job without end. Of earlier runs it knows when each feed may be asked again; what it has seen is its own."""
    tasks = FeedMemory(settings.output).tasks(feed_urls)
    return run_continuously(settings, [FeedTask(t.feed_url, unseen(t.last) if t.last else None) for t in tasks], web)


def status_text(tasks: Sequence[FeedTask], now: datetime) -> str:
    """What is known of each feed, as a table for a terminal: those that fail first."""
    header = ("feed", "last poll", "status", "next due", "entries", "new", "failures", "reason")
    rows = [_status_row(task, now) for task in sorted(tasks, key=_worst_first)]
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _worst_first(task: FeedTask) -> tuple[int, str]:
    return (-(task.last.failures if task.last else 0), task.feed_url)


def _status_row(task: FeedTask, now: datetime) -> tuple[str, ...]:
    last = task.last
    if last is None:
        return (task.feed_url, "never", "", "now", "", "", "", "")
    due = "never" if last.next_due_at is None else "now" if last.next_due_at <= now else _minute(last.next_due_at)
    waiting = f"{len(last.pending)} pages wait for another attempt" if last.pending else ""
    reason = "; ".join(part for part in (last.error, waiting) if part)
    return (
        task.feed_url, _minute(last.polled_at), str(last.status), due, str(last.entries), str(last.new_entries),
        str(last.failures), reason[:100],
    )  # fmt: skip


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def main(argv: Sequence[str]) -> int:
    """``python -m pipeline feeds status``."""
    parser = argparse.ArgumentParser(prog="python -m pipeline feeds", description="Look at the feeds of a lake.")
    parser.add_argument("what", choices=("status",), help="status: the last poll of each feed, and the next")
    parser.add_argument("--lake", default=DEFAULT_OUTPUT, help="root folder of the tables (default: %(default)s)")
    values = parser.parse_args(argv)
    check_lake_version(values.lake)
    polls = FeedMemory(values.lake).last_polls()
    if not polls:
        raise UsageError(f"no feed was polled into {values.lake!r}: give --lake FOLDER")
    print(status_text([FeedTask(url, poll) for url, poll in polls.items()], datetime.now(UTC)))
    return 0
