"""What the lake remembers of feeds: the newest row of each in `feed_polls`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow.parquet as pq
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from schemas.feed_poll import FeedPoll
from schemas.partition import slug
from schemas.tables import FEED_POLLS
from transforms.feed_polls import FeedTask
from transforms.politeness import TOO_MANY_REQUESTS
from transforms.safe_addresses import host_of
from transforms.sources import publisher
from transforms.web import utc_now

NEAR = timedelta(days=1)
"""A poll that began before midnight may be written after one that began later, and clocks differ."""


class FeedMemory:
    """The newest poll of each feed. Files are read once: they never change, and new ones have new names. If compaction
    replaces a file between listing and reading, its rows are found in the merged one. After the first time only the
    days are listed that can have new files: a month of polls is half a million files.

    Args:
        lake: root folder of the tables.
        now: the clock.
    """

    def __init__(self, lake: str, now: Callable[[], datetime] = utc_now) -> None:
        self._lake = lake
        self._now = now
        self._read: set[str] = set()
        self._last: dict[str, FeedPoll] = {}

    def last_polls(self) -> dict[str, FeedPoll]:
        """The newest poll of every feed that the lake knows, by address."""
        while True:
            try:
                self._read_new_files()
            except FileNotFoundError:  # compaction has merged it since it was listed
                continue
            return dict(self._last)

    def _read_new_files(self) -> None:
        patterns = [
            FileSystems.join(self._lake, FEED_POLLS.name, f"date={day}", "source=*", "part-*.parquet")
            for day in self._days()
        ]
        files = {file.path for found in FileSystems.match(patterns) for file in found.metadata_list}
        for path in sorted(files - self._read):
            for poll in _read_polls(path):
                known = self._last.get(poll.feed_url)
                if known is None or known.polled_at <= poll.polled_at:
                    self._last[poll.feed_url] = poll
            self._read.add(path)

    def _days(self) -> list[str]:
        """The days whose files are to be listed, as in the names of their folders."""
        newest = max((poll.date for poll in self._last.values()), default=None)
        if newest is None:
            return ["*"]
        last = max(newest, self._now().date()) + NEAR
        return [f"{last - timedelta(days=n):%Y-%m-%d}" for n in range((last - newest + NEAR).days + 1)]

    def tasks(self, feed_urls: Iterable[str]) -> list[FeedTask]:
        """The feeds with what is remembered of each."""
        last = self.last_polls()
        return [FeedTask(url, last.get(url)) for url in feed_urls]


def _read_polls(path: str) -> list[FeedPoll]:
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
        rows: list[dict[str, Any]] = pq.read_table(stream, partitioning=None).to_pylist()
    return [_poll(row) for row in rows]


def _poll(row: dict[str, Any]) -> FeedPoll:
    lists = {name: tuple(row[name]) for name in ("skip_hours", "skip_days", "seen", "pending")}
    day = row["polled_at"].astimezone(UTC).date()
    return FeedPoll(source=slug(publisher(row["feed_url"], None)), date=day, **(row | lists))


def due_at(task: FeedTask, resting: dict[str, datetime], now: datetime) -> datetime | None:
    """When a feed may be polled next, None for never again.

    A host that asked for silence in answer to one of its feeds is not asked for another one either.
    """
    if task.last is None:
        own: datetime | None = now
    else:
        own = task.last.next_due_at
    rest = resting.get(host_of(task.address)) if not task.is_local else None
    return max(own, rest) if own is not None and rest is not None else own


def resting_hosts(tasks: Sequence[FeedTask]) -> dict[str, datetime]:
    """Hosts that have answered "too many requests", with the end of the silence they want: from the newest polls
    alone, so that a restart keeps it."""
    resting: dict[str, datetime] = {}
    for task in tasks:
        last = task.last
        if last is not None and last.status == TOO_MANY_REQUESTS and last.next_due_at is not None:
            host = host_of(task.address)
            resting[host] = max(last.next_due_at, resting.get(host, last.next_due_at))
    return resting


def due_tasks(tasks: Sequence[FeedTask], now: datetime, *, files_always: bool = False) -> list[FeedTask]:
    """The feeds that may be polled now.

    Args:
        files_always: feeds that are files are always due: nobody has to be spared.
    """
    resting = resting_hosts(tasks)
    due = []
    for task in tasks:
        moment = due_at(task, resting, now)
        if (files_always and task.is_local) or (moment is not None and moment <= now):
            due.append(task)
    return due


def next_due(tasks: Sequence[FeedTask], now: datetime) -> datetime | None:
    """When the first of the feeds is due; None if none ever is."""
    resting = resting_hosts(tasks)
    moments = [moment for moment in (due_at(task, resting, now) for task in tasks) if moment is not None]
    return min(moments, default=None)
