"""Split one open file into documents. No Beam here: a stream goes in, documents and rejects come out, lazily."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

import pyarrow as pa
from dateutil.parser import isoparse
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from schemas.document import MAX_DOCUMENT_BYTES, GivenMetadata, RawDocument
from schemas.identity import payload_sha256
from schemas.rejection import Rejection
from schemas.vocabulary import DateSource, MediaType, Reason, Stage
from transforms.rejects import reject_document

Document = RawDocument | Rejection


@dataclass(frozen=True, slots=True)
class FileReading:
    """What the readers need to know of the file: its address and its time (UTC)."""

    uri: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class JsonLine:
    """A line of a file, not parsed yet: it need not be, where its document is known already.

    Args:
        file: the file.
        number: of the line, from 1.
        content: the line, with what ends it.
    """

    file: FileReading
    number: int
    content: bytes

    @property
    def record_id(self) -> str:
        """That of its document, if it is one; the last line of a file need not be ended as the others are."""
        return payload_sha256(self.content.rstrip(b"\r\n"))

    @property
    def is_page(self) -> bool:
        """Whether its document is a page, as far as a glance can tell."""
        return _HTML_KEY.search(self.content) is not None

    def read(self) -> Document:
        """Its document, or the reject that it is."""
        return json_document(self)


Record = Document | JsonLine
"""What is read in a file, some of it not yet whole."""

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd", ".bz2": "bz2"}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_TEXT_KEYS = ("url", "title", "published_at", "modified_at", "source", "language")
_LIST_KEYS = ("authors", "tags")
_HTML_KEY = re.compile(rb'"html"\s*:\s*"')


def extension(uri: str) -> tuple[str, str]:
    """`(format, compression)` of a file name in lower case: "A.jsonl.gz" gives (".jsonl", "gzip")."""
    name = uri.rsplit("/", 1)[-1].lower()
    stem, dot, last = name.rpartition(".")
    compression = _COMPRESSIONS.get(dot + last, "") if stem else ""
    if compression:
        stem, dot, last = stem.rpartition(".")
    return (dot + last if stem else "", compression)


def decompressed(stream: BinaryIO, compression: str) -> BinaryIO:
    """`stream` without its compression; reading raises OSError where the data is damaged or ends too early.

    Arrow's readers are used because Beam's own ends silently on a truncated gzip file (2.77).
    """
    if not compression:
        return stream
    return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), compression))


def given_metadata(values: dict[str, Any], date_source: DateSource = DateSource.SIDECAR) -> GivenMetadata:
    """The known keys of a sidecar or JSON line; unknown keys and values of the wrong type are listed by name."""
    texts = {k: values[k] for k in _TEXT_KEYS if isinstance(values.get(k), str)}
    lists: dict[str, tuple[str, ...]] = {}
    for key in _LIST_KEYS:
        value = values.get(key)
        if isinstance(value, str):
            lists[key] = (value,)
        elif isinstance(value, list) and all(isinstance(v, str) for v in value):
            lists[key] = tuple(value)
    empty = {k for k, v in values.items() if v is None and k in _TEXT_KEYS + _LIST_KEYS}
    unused = sorted(set(values) - set(texts) - set(lists) - empty - {"html", "text"})
    known = {k: _encodable(v) for k, v in texts.items()}
    return GivenMetadata(
        url=known.get("url"),
        title=known.get("title"),
        published_at=known.get("published_at"),
        modified_at=known.get("modified_at"),
        source=known.get("source"),
        language=known.get("language"),
        authors=tuple(map(_encodable, lists.get("authors", ()))),
        tags=tuple(map(_encodable, lists.get("tags", ()))),
        date_source=date_source,
        unknown_keys=tuple(map(_encodable, unused)),
    )


def read_whole(file: FileReading, stream: BinaryIO, media_type: MediaType, given: GivenMetadata) -> Iterator[Document]:
    """One file, one document."""
    yield _capped(RawDocument(file.uri, media_type, _read_capped(stream), file.modified, given=given))


def read_json_lines(file: FileReading, stream: BinaryIO) -> Iterator[JsonLine]:
    """One line, one document (`json_document`). Blank lines are none; of an over-long line its beginning is kept."""
    number = 0
    while line := stream.readline(2 * MAX_DOCUMENT_BYTES):
        number += 1
        whole = line
        while line and not line.endswith(b"\n"):  # the rest of an over-long line, thrown away piece by piece
            line = stream.readline(MAX_DOCUMENT_BYTES)
        if whole.strip():
            yield JsonLine(file, number, whole)


def json_document(line: JsonLine) -> Document:
    """The document of a line, with keys as in `given_metadata` and its content in `html` or else `text`.

    A line that is not a JSON object, has no content or is over-long is a reject.
    """
    raw = RawDocument(f"{line.file.uri}#line={line.number}", MediaType.PLAIN_TEXT, line.content, line.file.modified)
    if len(line.content) >= 2 * MAX_DOCUMENT_BYTES:
        return _too_large(raw)
    try:
        values = json.loads(line.content)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        detail = f"line {line.number} is not valid JSON: {error}"
        return reject_document(raw, Stage.READ, Reason.INVALID_JSON, detail)
    if not isinstance(values, dict):
        detail = f"line {line.number} is a JSON {type(values).__name__}, not an object"
        return reject_document(raw, Stage.READ, Reason.INVALID_JSON, detail)
    raw = replace(raw, given=given_metadata(values), record_id=line.record_id)
    for key, media_type in (("html", MediaType.HTML), ("text", MediaType.PLAIN_TEXT)):
        if isinstance(values.get(key), str):
            payload = _encoded(values[key])
            return _capped(replace(raw, media_type=media_type, payload=payload, charset="utf-8"))
    detail = f"line {line.number} has neither 'html' nor 'text' as a string; its keys are {sorted(values)}"
    return reject_document(raw, Stage.READ, Reason.MISSING_CONTENT, detail)


def read_warc(file: FileReading, stream: BinaryIO, skipped: Callable[[], None]) -> Iterator[Document]:
    """One HTTP response of status 200 with an HTML type, one document (WARC 1.1, ISO 28500:2017).

    Args:
        skipped: called once for every record that is no such response (requests, pictures, errors).
    """
    place = 0
    try:
        for record in ArchiveIterator(stream):
            place += 1
            if _is_html_page(record):
                yield _warc_document(file, record, place)
            else:
                skipped()
    except (ArchiveLoadFailed, ValueError, EOFError) as error:
        raw = RawDocument(f"{file.uri}#record={place + 1}", MediaType.HTML, b"", file.modified)
        yield reject_document(raw, Stage.READ, Reason.INVALID_WARC, f"record {place + 1} cannot be parsed: {error}")


def _is_html_page(record: ArcWarcRecord) -> bool:
    http = record.http_headers
    if record.rec_type != "response" or http is None or http.get_statuscode() != "200":
        return False
    return (http.get_header("Content-Type") or "").split(";")[0].strip().lower() in _HTML_TYPES


def _warc_document(file: FileReading, record: ArcWarcRecord, place: int) -> Document:
    headers = record.rec_headers
    declared = re.search(r"charset=[\"']?([\w.:-]+)", record.http_headers.get_header("Content-Type") or "", re.I)
    captured, capture_source = _warc_date(headers.get_header("WARC-Date"), file.modified)
    raw = RawDocument(
        input_uri=f"{file.uri}#record={headers.get_header('WARC-Record-ID') or place}",
        media_type=MediaType.HTML,
        payload=_read_capped(record.content_stream()),
        captured_at=captured,
        capture_source=capture_source,
        charset=declared.group(1) if declared else None,
        given=GivenMetadata(url=headers.get_header("WARC-Target-URI")),
    )
    if len(raw.payload) > MAX_DOCUMENT_BYTES:
        return _too_large(raw)
    if record.raw_stream.limit > 0:  # warcio ends silently where the archive does
        detail = f"the archive ends {record.raw_stream.limit} bytes before the end of record {place}"
        return reject_document(raw, Stage.READ, Reason.TRUNCATED_FILE, detail)
    return raw


def _warc_date(value: str | None, otherwise: datetime) -> tuple[datetime, DateSource]:
    try:
        return isoparse(value or "").astimezone(UTC), DateSource.WARC
    except (ValueError, OverflowError):
        return otherwise, DateSource.FILE_MTIME


def _encodable(text: str) -> str:
    """JSON may spell half of a surrogate pair, which no encoding holds: U+FFFD takes its place."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # rare, and a search through every page would cost as much as its hash
        return _encodable(text).encode()


def _read_capped(stream: BinaryIO) -> bytes:
    pieces, left = [], MAX_DOCUMENT_BYTES + 1
    while left > 0 and (piece := stream.read(min(left, 1 << 20))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _capped(raw: RawDocument) -> Document:
    return raw if len(raw.payload) <= MAX_DOCUMENT_BYTES else _too_large(raw)


def _too_large(raw: RawDocument) -> Rejection:
    detail = f"the document is larger than {MAX_DOCUMENT_BYTES} bytes; payload_sha256 is that of the part read"
    return reject_document(raw, Stage.READ, Reason.TOO_LARGE, detail)
