"""The id of a document as it was read: it stands for all that cleaning looks at, its own rules included.

Imports no Beam: the guarded child (`transforms.guard_child`) needs it with the rest of cleaning, and Beam takes as long to
load as all of that.
"""

from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version

from schemas.document import GivenMetadata, RawDocument
from schemas.identity import content_id, payload_sha256
from schemas.vocabulary import DateSource

CLEANING_VERSION = "2"
"""Raised with every change that may make another article of the same document."""
_LIBRARIES = ("trafilatura", "htmldate", "courlan", "lxml", "ftfy", "py3langid", "python-dateutil", "tldextract")
"""Those whose release may do the same."""


def document_id(raw: RawDocument) -> str:
    """The id of a document as it was read: of its bytes and of what came along with it, not of the file it lies in."""
    if raw.record_id is not None:
        return recorded_document_id(raw.record_id, raw.captured_at, raw.capture_source)
    given = [repr(getattr(raw.given, field.name)) for field in fields(raw.given)]
    captured = _captured(raw.captured_at, raw.capture_source)
    return content_id(_rules(), raw.media_type, raw.charset or "", *captured, *given, payload_sha256(raw.payload))


def recorded_document_id(record_id: str, captured_at: datetime, capture_source: DateSource) -> str:
    """`document_id` of a document of this `record_id`, which need not have been read for it."""
    return content_id(_rules(), "record", *_captured(captured_at, capture_source), record_id)


def with_given(record_id: str, defaults: GivenMetadata) -> str:
    """The `record_id` of a record that has this source and language unless it states its own."""
    return content_id(record_id, repr(defaults.source), repr(defaults.language))


def _captured(moment: datetime, source: DateSource) -> tuple[str, str]:
    return moment.astimezone(UTC).isoformat(), source


@cache
def _rules() -> str:
    return " ".join([CLEANING_VERSION, *(f"{name} {version(name)}" for name in _LIBRARIES)])
