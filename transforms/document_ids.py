"""The id of a document as it was read: it stands for all that cleaning looks at, its own rules included.

Imports no Beam: the guarded child (`transforms.guard_child`) needs it with the rest of cleaning, and Beam takes as long to
load as all of that.
"""

from dataclasses import fields
from datetime import UTC
from functools import cache
from importlib.metadata import version

from schemas.document import RawDocument
from schemas.identity import content_id, payload_sha256

CLEANING_VERSION = "1"
"""Raised with every change that may make another article of the same document."""
_LIBRARIES = ("trafilatura", "htmldate", "courlan", "lxml", "ftfy", "py3langid", "python-dateutil", "tldextract")
"""Those whose release may do the same."""


def document_id(raw: RawDocument) -> str:
    """The id of a document as it was read: of its bytes and of what came along with it, not of the file it lies in."""
    given = [repr(getattr(raw.given, field.name)) for field in fields(raw.given)]
    captured = (raw.captured_at.astimezone(UTC).isoformat(), raw.capture_source)
    return content_id(_rules(), raw.media_type, raw.charset or "", *captured, *given, payload_sha256(raw.payload))


@cache
def _rules() -> str:
    return " ".join([CLEANING_VERSION, *(f"{name} {version(name)}" for name in _LIBRARIES)])
