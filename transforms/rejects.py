"""Turn an expected failure into a row of `rejects`."""

import traceback
from datetime import UTC

from schemas.document import RawDocument
from schemas.identity import content_id, payload_sha256
from schemas.partition import slug
from schemas.rejection import Rejection
from schemas.vocabulary import Reason, Stage
from transforms.sources import publisher

MAX_PAYLOAD_BYTES = 256 * 1024
MAX_DETAIL_CHARS = 500
REJECTS = "rejects"
"""Tag of the output that carries them, the same on every transform."""


class RejectedError(Exception):
    """An expected failure of one document.

    Args:
        reason: what went wrong, as a code.
        detail: the same in words, with the value that caused it.
        retryable: whether another attempt may succeed.
    """

    def __init__(self, reason: Reason, detail: str, *, retryable: bool = False) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.retryable = retryable


def reject_document(
    raw: RawDocument,
    stage: Stage,
    reason: Reason,
    detail: str,
    *,
    error: Exception | None = None,
    retryable: bool = False,
) -> Rejection:
    """The reject of `raw`; `error` is kept with its traceback where the failure was not foreseen."""
    digest = payload_sha256(raw.payload)
    return Rejection(
        reject_id=content_id(stage, reason, raw.input_uri, digest),
        source=slug(publisher(raw.given.url, raw.given.source)),
        date=raw.captured_at.astimezone(UTC).date(),
        stage=stage,
        reason=reason,
        detail=detail[:MAX_DETAIL_CHARS],
        input_uri=raw.input_uri,
        fetched_at=raw.captured_at,
        url=raw.given.url,
        error_class=type(error).__name__ if error else None,
        traceback="".join(traceback.format_exception(error)) if error else None,
        payload_sha256=digest,
        payload=raw.payload[:MAX_PAYLOAD_BYTES],
        payload_truncated=len(raw.payload) > MAX_PAYLOAD_BYTES,
        media_type=raw.media_type,
        retryable=retryable,
    )
