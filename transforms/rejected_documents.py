"""Read the rejects table as an input: its payloads go the whole way again."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.document import GivenMetadata, RawDocument
from schemas.partition import UNKNOWN_SOURCE
from schemas.rejection import Rejection
from schemas.tables import REJECTS
from schemas.vocabulary import MediaType, Reason, Stage
from transforms.file_formats import Document, FileReading, JsonLine

_ROWS = 16
"""Rows in memory at once: a payload has up to 256 KiB."""
_FOLDERS = re.compile(r"/date=(\d{4}-\d{2}-\d{2})/source=([^/]+)/[^/]+$")
_LINES = (Reason.INVALID_JSON, Reason.MISSING_CONTENT)
_LINE = re.compile(r"(.*)#line=(\d+)")


class NoRejectsTableError(OSError):
    """The Parquet file is no file of a rejects table."""


def read_rejects(file: FileReading, stream: BinaryIO) -> Iterator[Document]:
    """The documents in one file of the rejects table, under their first address.

    What was rejected without its whole payload (a file that could not be opened, a page above the cap) comes out as
    the same reject again, which the lake already knows. What came along with a document (sidecar) is not in the
    table, but for its address and its publisher.

    Raises:
        NoRejectsTableError: for other Parquet files.
    """
    try:
        parquet = pq.ParquetFile(stream)
    except pa.ArrowInvalid as error:
        raise NoRejectsTableError(f"not a readable Parquet file: {error}") from error
    place = _FOLDERS.search(file.uri)
    if (parquet.schema_arrow.metadata or {}).get(b"depeche.table") != REJECTS.name.encode() or place is None:
        raise NoRejectsTableError("of Parquet files only those of a rejects table can be read, in their folders")
    day, source = date.fromisoformat(place.group(1)), place.group(2)
    for rows in parquet.iter_batches(batch_size=_ROWS):
        for row in rows.to_pylist():
            yield _document(row, day, source)


def _document(row: dict[str, Any], day: date, source: str) -> Document:
    rejection = Rejection(
        **row | {"date": day, "source": source, "stage": Stage(row["stage"]), "reason": Reason(row["reason"])}
    )
    payload = rejection.payload
    if not payload or rejection.payload_truncated:
        return rejection
    line = _LINE.fullmatch(rejection.input_uri)
    if rejection.reason in _LINES and line is not None:
        return JsonLine(FileReading(line.group(1), rejection.fetched_at), int(line.group(2)), payload).read()
    if rejection.stage is Stage.READ:
        return rejection
    return RawDocument(
        input_uri=rejection.input_uri,
        media_type=MediaType(rejection.media_type or MediaType.PLAIN_TEXT),
        payload=payload,
        captured_at=rejection.fetched_at,
        given=GivenMetadata(url=rejection.url, source=None if source == UNKNOWN_SOURCE else source),
    )
