"""The reject: a document that did not become an article, and why."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.vocabulary import Reason, Stage


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row of `rejects`. `payload` is capped; `payload_sha256` is that of all bytes."""

    reject_id: str
    source: str
    date: date
    stage: Stage
    reason: Reason
    detail: str
    input_uri: str
    fetched_at: datetime
    url: str | None = None
    error_class: str | None = None
    traceback: str | None = None
    payload_sha256: str | None = None
    payload: bytes | None = None
    payload_truncated: bool = False
    media_type: str | None = None
    retryable: bool = False
    attempt: int = 1
