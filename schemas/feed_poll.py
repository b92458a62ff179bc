"""The feed poll: one request for one feed, the memory between polls."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """A row of `feed_polls`. `status` is the HTTP status, 0 where no answer came.

    The newest row of a feed holds all that is remembered of it; see `schemas.tables` for each column.
    """

    feed_url: str
    source: str
    date: date
    polled_at: datetime
    status: int
    entries: int
    new_entries: int
    next_due_at: datetime | None
    failures: int
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    error: str | None = None
    moved_to: str | None = None
    conditional_polls: int = 0
    interval_secs: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    seen: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
