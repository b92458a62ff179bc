"""The page of a feed entry as a document."""

from dataclasses import dataclass, replace

from schemas.document import RawDocument
from schemas.rejection import Rejection
from schemas.vocabulary import DateSource, MediaType, Reason
from transforms.feed_entries import entry_uri
from transforms.feed_polls import PageTask, page_rejection
from transforms.politeness import MAX_ATTEMPTS, page_retry
from transforms.rejects import RejectedError
from transforms.web import RestingError, Web

_HTML = frozenset({"text/html", "application/xhtml+xml", ""})
_FOR_GOOD = frozenset({400, 401, 402, 403, 405, 406, 410, 414, 451})
"""Statuses that asking again will not change."""


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """A document, or a reject and perhaps the task for another time."""

    feed_url: str
    document: RawDocument | None = None
    rejection: Rejection | None = None
    again: PageTask | None = None


def fetch_page(task: PageTask, web: Web) -> PageOutcome:
    """The document behind an entry's link. Its `url` is where the page was found in the end."""
    feed_url = task.given.feed_url or ""
    status, headers = 0, {}
    try:
        web.check_left_alone(f"page {task.given.url}")
        visit = web.get(
            task.given.url or "", {"Accept": "text/html, application/xhtml+xml, text/plain;q=0.5, */*;q=0.1"}
        )
        answer = visit.answer
        status, headers = answer.status, dict(answer.headers)
        if status != 200:
            detail = f"{task.given.url} answered {status}"
            raise RejectedError(Reason.FETCH_FAILED, detail, retryable=status not in _FOR_GOOD)
        if answer.media_type not in _HTML | {"text/plain"}:
            raise RejectedError(Reason.BINARY, f"{answer.url} is {answer.media_type[:80]!r}, not a page")
    except RejectedError as error:
        return _failed(task, feed_url, web, error, status, headers)
    document = RawDocument(
        input_uri=entry_uri(task.given),
        media_type=MediaType.HTML if answer.media_type in _HTML else MediaType.PLAIN_TEXT,
        payload=answer.body,
        captured_at=web.settings.now(),
        capture_source=DateSource.FETCH,
        charset=answer.charset,
        given=replace(task.given, url=answer.url),
    )
    return PageOutcome(feed_url, document=document)


def _failed(
    task: PageTask, feed_url: str, web: Web, error: RejectedError, status: int, headers: dict[str, str]
) -> PageOutcome:
    now = web.settings.now()
    rejection = page_rejection(
        task.given,
        entry_uri(task.given),
        now,
        error.reason,
        error.detail,
        retryable=error.retryable,
        attempt=task.attempt,
    )
    if not error.retryable or task.attempt >= MAX_ATTEMPTS:
        return PageOutcome(feed_url, rejection=rejection)
    due = page_retry(task.given.url or "", now, task.attempt, status, headers)
    if isinstance(error, RestingError):
        due = max(due, error.until)
    web.leave_alone(f"page {task.given.url}", due)
    return PageOutcome(feed_url, rejection=rejection, again=PageTask(task.given, task.attempt + 1, due))
