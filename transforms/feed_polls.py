"""One poll of one feed: what to ask, what the answer means, and what to remember of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from schemas.document import GivenMetadata, RawDocument
from schemas.feed_poll import FeedPoll
from schemas.identity import content_id, payload_sha256
from schemas.partition import slug
from schemas.rejection import Rejection
from schemas.vocabulary import DateSource, MediaType, Reason, Stage, TitleSource
from transforms.feed_entries import FeedEntry, ParsedFeed, fresh_entries
from transforms.politeness import (
    BACK_OFF_SECS,
    NOT_MODIFIED,
    OK,
    ORIGINAL_AFTER_FAILURES,
    POLL_SECS,
    after_failure,
    conditional_headers,
    max_age,
    next_poll,
    poll_interval,
)
from transforms.rejects import RejectedError, reject_document
from transforms.sources import publisher
from transforms.web import RestingError, Web

MIN_REMEMBERED = 50
"""Entries that have left a feed are remembered until so many newer ones, or as many as the feed has, have left too:
feeds that come from several servers drop entries and show them again."""
ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"

Parse: TypeAlias = Callable[[bytes, str, str, str | None], ParsedFeed]
"""`feed_parsing.parse_feed`, or a guarded one."""


@dataclass(frozen=True, slots=True)
class FeedTask:
    """A feed that is due, with its last poll, if there was one."""

    feed_url: str
    last: FeedPoll | None = None

    @property
    def is_local(self) -> bool:
        return is_local(self.feed_url)

    @property
    def address(self) -> str:
        """Where to ask: at the address it moved to, unless that has failed for a while."""
        if self.last is None or self.last.moved_to is None or self.last.failures >= ORIGINAL_AFTER_FAILURES:
            return self.feed_url
        return self.last.moved_to


@dataclass(frozen=True, slots=True)
class PageTask:
    """The page of an entry, to be fetched.

    Args:
        given: what the entry says; `url` is the page's address.
        attempt: from 1.
        due_at: not before this.
    """

    given: GivenMetadata
    attempt: int
    due_at: datetime

    def to_json(self) -> str:
        """As it is kept in `feed_polls.pending`."""
        known = {name: value for name, value in asdict(self.given).items() if value}
        return json.dumps(
            {"attempt": self.attempt, "due_at": self.due_at.isoformat(), "given": known}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> "PageTask":
        """The task that `to_json` has written."""
        values = json.loads(text)
        given = values["given"]
        for name in ("authors", "tags", "unknown_keys"):
            given[name] = tuple(given.get(name, ()))
        given["date_source"] = DateSource(given["date_source"])
        given["title_source"] = TitleSource(given["title_source"])
        return cls(GivenMetadata(**given), values["attempt"], datetime.fromisoformat(values["due_at"]))


@dataclass(frozen=True, slots=True)
class Polled:
    """What came of a poll.

    Args:
        poll: the row, but for the pages that are going to fail.
        fresh: entries that were not seen before.
        known: how many were.
        retries: pages that failed before and are due again.
        captured_at, capture_source: for documents that the feed carries.
        rejection: of the feed itself, if it cannot be read.
        is_news: the row says more than the last one did; False only for files.
    """

    poll: FeedPoll
    fresh: tuple[FeedEntry, ...] = ()
    known: int = 0
    retries: tuple[PageTask, ...] = ()
    captured_at: datetime | None = None
    capture_source: DateSource = DateSource.FETCH
    rejection: Rejection | None = None
    is_news: bool = True


def is_local(feed_url: str) -> bool:
    """Whether a feed is a file and no address of the web."""
    return not feed_url.lower().startswith(("http://", "https://"))


def poll_feed(task: FeedTask, web: Web, parse: Parse, poll_secs: int = POLL_SECS) -> Polled:
    """Ask a feed of the web once.

    304 is a success (RFC 9110, 15.4.5), and so is the same body again. A feed that cannot be read is a reject, and
    is asked for whole after a back-off. What failed keeps all that was known.

    Should the process be killed before the row is written, the feed is left alone all the same for as long as a
    failure asks for; and after an answer that was lost so, for a first back-off: a program that is killed and started
    again and again asks once a minute.
    """
    now = web.settings.now()
    base = remembered(task, now)
    first = timedelta(seconds=min(BACK_OFF_SECS, poll_secs))
    name = f"feed {task.feed_url}"
    try:
        web.check_left_alone(name)
    except RestingError as error:
        return _resting(base, error)
    web.leave_alone(name, now + first)
    polled = _ask(task, base, web, parse, poll_secs)
    due = polled.poll.next_due_at
    if due is not None:
        web.leave_alone(name, due if polled.poll.failures else min(due, polled.poll.polled_at + first))
    return polled


def _ask(task: FeedTask, base: FeedPoll, web: Web, parse: Parse, poll_secs: int) -> Polled:
    conditional = conditional_headers(base.etag, base.last_modified, base.conditional_polls)
    try:
        visit = web.get(task.address, {"Accept": ACCEPT, **conditional})
    except RestingError as error:
        return _resting(base, error)
    except RejectedError as error:
        return _failed(base, web.settings.now(), 0, {}, f"{error.reason}: {error.detail}")
    now, answer = web.settings.now(), visit.answer
    base = replace(base, polled_at=now, date=now.astimezone(UTC).date(), status=answer.status)
    asked = bool(conditional.keys() - {"Cache-Control"})
    moved_to = visit.moved_to or (task.address if task.address != task.feed_url else None)
    etag, last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    fresh_secs = max_age(answer.headers)
    if answer.status == NOT_MODIFIED and asked:
        poll = replace(
            base,
            moved_to=moved_to,
            conditional_polls=base.conditional_polls + 1,
            etag=etag or base.etag,  # RFC 9110, 15.4.5: a 304 may bring new validators
            last_modified=last_modified or base.last_modified,
        )
        return _with_retries(_succeeded(poll, now, fresh_secs, poll_secs))
    if answer.status != OK:
        return _failed(base, now, answer.status, answer.headers, f"answered {answer.status}")
    conditional_polls = base.conditional_polls + 1 if asked else 0
    poll = replace(base, moved_to=moved_to, conditional_polls=conditional_polls, etag=etag, last_modified=last_modified)
    return take_body(poll, answer.body, answer.url, answer.charset, parse, now, now, fresh_secs, poll_secs)


def _resting(base: FeedPoll, error: RestingError) -> Polled:
    return _with_retries(replace(base, status=0, error=error.detail, next_due_at=error.until))


def poll_file(task: FeedTask, body: bytes, modified: datetime, parse: Parse, now: datetime, poll_secs: int) -> Polled:
    """Read a feed that is a file; its documents are dated by the file's time, so that they are the same each time."""
    base = replace(remembered(task, now), status=OK)
    polled = take_body(base, body, task.feed_url, None, parse, now, modified, None, poll_secs)
    old = task.last is not None and not polled.fresh and not polled.retries and polled.poll.error == task.last.error
    return replace(polled, captured_at=modified, capture_source=DateSource.FILE_MTIME, is_news=not old)


def unreadable_file(task: FeedTask, error: RejectedError, now: datetime) -> Polled:
    """A feed that is a file and cannot be read at all."""
    polled = _unreadable(replace(remembered(task, now), status=OK), b"", error, now, now)
    old = task.last is not None and polled.poll.error == task.last.error
    return replace(polled, is_news=not old)


def remembered(task: FeedTask, now: datetime) -> FeedPoll:
    """The row of a poll at `now`, with what the last one knew."""
    day = now.astimezone(UTC).date()
    if task.last is not None:
        return replace(task.last, polled_at=now, date=day, status=0, new_entries=0, next_due_at=None, error=None)
    source = slug(publisher(task.feed_url, None))
    return FeedPoll(task.feed_url, source, day, now, 0, entries=0, new_entries=0, next_due_at=None, failures=0)


def take_body(
    poll: FeedPoll,
    body: bytes,
    base: str,
    charset: str | None,
    parse: Parse,
    now: datetime,
    captured_at: datetime,
    fresh_secs: int | None,
    poll_secs: int,
) -> Polled:
    """What a feed's body brings."""
    digest = payload_sha256(body)
    if digest == poll.body_sha256:
        return _with_retries(_succeeded(poll, now, fresh_secs, poll_secs))
    try:
        parsed = parse(body, poll.feed_url, base, charset)
    except RejectedError as error:
        return _unreadable(poll, body, error, now, captured_at)
    fresh = fresh_entries(parsed.entries, poll.seen)
    keys = list(dict.fromkeys(entry.key for entry in parsed.entries))
    older = [key for key in poll.seen if key not in set(keys)]
    taken = replace(
        poll,
        body_sha256=digest,
        entries=len(parsed.entries),
        new_entries=len(fresh),
        interval_secs=parsed.interval_secs,
        skip_hours=parsed.skip_hours,
        skip_days=parsed.skip_days,
        seen=tuple(keys + older[: max(MIN_REMEMBERED, len(keys))]),
    )
    polled = _with_retries(_succeeded(taken, now, fresh_secs, poll_secs))
    return replace(polled, fresh=tuple(fresh), known=len(parsed.entries) - len(fresh), captured_at=now)


def _unreadable(poll: FeedPoll, body: bytes, error: RejectedError, now: datetime, captured_at: datetime) -> Polled:
    given = GivenMetadata(url=None if is_local(poll.feed_url) else poll.feed_url)
    raw = RawDocument(poll.feed_url, MediaType.PLAIN_TEXT, body, captured_at, DateSource.FETCH, given=given)
    rejection = reject_document(raw, Stage.READ, error.reason, error.detail)
    forgotten = replace(poll, etag=None, last_modified=None)  # whatever it was, the next answer is to be whole
    failed = _failed(forgotten, now, poll.status, {}, f"{error.reason}: {error.detail}")
    return replace(failed, captured_at=now, rejection=replace(rejection, media_type=None))


def _succeeded(poll: FeedPoll, now: datetime, fresh_secs: int | None, poll_secs: int) -> FeedPoll:
    interval = poll_interval((poll.interval_secs, fresh_secs), poll_secs)
    due = next_poll(poll.feed_url, now, interval, poll.skip_hours, poll.skip_days)
    return replace(poll, failures=0, error=None, next_due_at=due)


def _failed(poll: FeedPoll, now: datetime, status: int, headers: Mapping[str, str], error: str) -> Polled:
    failures = poll.failures + 1
    due = after_failure(poll.feed_url, now, failures, status, headers)
    return _with_retries(
        replace(poll, polled_at=now, status=status, failures=failures, error=error[:500], next_due_at=due)
    )


def _with_retries(poll: FeedPoll) -> Polled:
    """The poll, with the pages of earlier polls that are due again taken out of its `pending`."""
    tasks = [PageTask.from_json(text) for text in poll.pending]
    due = tuple(task for task in tasks if task.due_at <= poll.polled_at)
    waiting = tuple(task.to_json() for task in tasks if task.due_at > poll.polled_at)
    return Polled(replace(poll, pending=waiting), retries=due)


def with_failures(poll: FeedPoll, failed: list[PageTask]) -> FeedPoll:
    """The row as it is written: with the pages that failed in this round."""
    return replace(poll, pending=tuple(sorted({*poll.pending, *(task.to_json() for task in failed)})))


def page_rejection(
    given: GivenMetadata, input_uri: str, now: datetime, reason: Reason, detail: str, *, retryable: bool, attempt: int
) -> Rejection:
    """The reject of an entry whose article could not be had. Its payload is the entry as JSON: all that is needed
    to try again. Each attempt is a row of its own."""
    payload = PageTask(given, attempt, now).to_json().encode("utf-8", "replace")
    raw = RawDocument(input_uri, MediaType.PLAIN_TEXT, payload, now, DateSource.FETCH, given=given)
    rejection = reject_document(raw, Stage.FETCH, reason, detail, retryable=retryable)
    identity = content_id(Stage.FETCH, reason, input_uri, str(attempt))  # the payload holds the time: not part of it
    return replace(rejection, reject_id=identity, attempt=attempt, media_type="application/json")
