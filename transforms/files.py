"""Find files and read the documents in them, on any file system that Beam knows."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

import apache_beam as beam
from apache_beam.io.filesystem import BeamIOError, CompressionTypes, FileMetadata
from apache_beam.io.filesystems import FileSystems
from apache_beam.pvalue import TaggedOutput

from schemas.document import GivenMetadata, RawDocument
from schemas.rejection import Rejection
from schemas.vocabulary import DateSource, MediaType, Reason, Stage
from transforms.document_ids import document_id, recorded_document_id, with_given
from transforms.file_formats import (
    Document,
    FileReading,
    JsonLine,
    Record,
    decompressed,
    extension,
    given_metadata,
    read_json_lines,
    read_warc,
    read_whole,
)
from transforms.metrics import Counter, count
from transforms.rejected_documents import read_rejects
from transforms.rejects import REJECTS, reject_document

_WHOLE = {".txt": MediaType.PLAIN_TEXT, ".html": MediaType.HTML, ".htm": MediaType.HTML}
_JSON_LINES = (".jsonl", ".ndjson")
_WARC = (".warc",)
_REJECTS_TABLE = (".parquet",)
READABLE = (*_WHOLE, *_JSON_LINES, *_WARC, *_REJECTS_TABLE)


def holds_many(path: str) -> bool:
    """Whether the file's format is one of many documents."""
    return extension(path)[0] in (*_JSON_LINES, *_WARC, *_REJECTS_TABLE)


def count_skipped() -> None:
    """Count one record of an archive that is no document, within a running pipeline."""
    count(Counter.RECORDS_SKIPPED)


def match_files(pattern: str) -> list[FileMetadata]:
    """The files that a path, folder or glob names, sorted by path; empty if there is none.

    A folder means every file below it. A path that exists is taken literally, even with glob signs in it.
    """
    pattern = pattern.rstrip("/") if _is_folder(pattern.rstrip("/")) else pattern
    if _is_folder(pattern) or pattern.endswith("/"):
        found = FileSystems.match([pattern.rstrip("/") + "/**"])[0].metadata_list
    elif FileSystems.exists(pattern):
        found = [FileSystems.get_filesystem(pattern).metadata(pattern)]
    else:
        found = FileSystems.match([pattern])[0].metadata_list
    return sorted((f for f in found if not _is_folder(f.path)), key=lambda f: f.path)


def _is_folder(path: str) -> bool:
    return FileSystems.get_scheme(path) is None and Path(path).is_dir()


def document_files(patterns: Sequence[str]) -> list[FileMetadata]:
    """All files of all `patterns`, each once, without the sidecars of documents among them or beside them."""
    files = {file.path: file for pattern in patterns for file in match_files(pattern)}
    return [file for path, file in sorted(files.items()) if not _is_sidecar(path)]


def _is_sidecar(path: str) -> bool:
    stem, dot, last = path.rpartition(".")
    if dot + last.lower() != ".json":
        return False
    return any(FileSystems.exists(stem + document + packed) for document in _WHOLE for packed in ("", ".gz", ".zst"))


def read_file(file: FileMetadata, skipped: Callable[[], None] = count_skipped) -> Iterator[Document]:
    """The documents of one file, and a reject where it or a part of it cannot be read.

    Args:
        skipped: called for every record of an archive that is no document.
    """
    return map(whole, read_records(file, skipped))


def whole(record: Record) -> Document:
    """A record, read as far as it is to be read."""
    return record.read() if isinstance(record, JsonLine) else record


def read_records(file: FileMetadata, skipped: Callable[[], None] = count_skipped) -> Iterator[Record]:
    """As `read_file`, but lines of JSON are not parsed yet."""
    reading = FileReading(file.path, datetime.fromtimestamp(file.last_updated_in_seconds, UTC))
    kind, _ = extension(file.path)
    if kind not in READABLE:
        detail = f"{kind or 'no'} extension: the pipeline reads {', '.join(READABLE)}, also with .gz, .zst or .bz2"
        yield _reject_file(reading, Reason.UNKNOWN_FILE_TYPE, detail)
        return
    documents = 0
    try:
        with open_decompressed(file.path) as stream:
            for record in _read_stream(reading, kind, stream, skipped):
                documents += 1
                yield record
    except (OSError, BeamIOError) as error:
        reason = Reason.TRUNCATED_FILE if "Truncated" in str(error) else Reason.UNREADABLE_FILE
        yield _reject_file(reading, reason, f"after {documents} documents: {error}", error)


@contextmanager
def open_decompressed(path: str) -> Iterator[BinaryIO]:
    """A file to be read, without the compression that its name tells of; damaged data raise OSError."""
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
        yield decompressed(stream, extension(path)[1])


def _read_stream(file: FileReading, kind: str, stream: BinaryIO, skipped: Callable[[], None]) -> Iterator[Record]:
    if kind in _JSON_LINES:
        yield from read_json_lines(file, stream)
    elif kind in _REJECTS_TABLE:
        yield from read_rejects(file, stream)
    elif kind in _WARC:
        yield from read_warc(file, stream, skipped)
    else:
        given = read_sidecar(file)
        if isinstance(given, Rejection):
            yield given
        else:
            yield from read_whole(file, stream, _WHOLE[kind], given)


def read_sidecar(file: FileReading) -> GivenMetadata | Rejection:
    """What ``name.json`` beside ``name.txt`` or ``name.html.gz`` says, or the reject of an unreadable one.

    A document whose sidecar is broken is rejected with it: its date and source would silently be wrong.
    """
    kind, compression = extension(file.uri)
    stem = file.uri[: -len(kind)] if not compression else file.uri.rpartition(".")[0][: -len(kind)]
    path = stem + ".json"
    if not FileSystems.exists(path):
        return GivenMetadata()
    try:
        with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
            values = json.loads(stream.read())
    except (ValueError, RecursionError, OSError, BeamIOError) as error:
        return _reject_file(file, Reason.INVALID_JSON, f"its sidecar {path} cannot be read: {error}")
    if not isinstance(values, dict):
        return _reject_file(file, Reason.INVALID_JSON, f"its sidecar {path} is not a JSON object")
    return given_metadata(values)


def _reject_file(file: FileReading, reason: Reason, detail: str, error: Exception | None = None) -> Rejection:
    raw = RawDocument(file.uri, MediaType.PLAIN_TEXT, b"", file.modified)
    rejection = reject_document(raw, Stage.READ, reason, detail)
    return replace(rejection, payload=None, payload_sha256=None, media_type=None, error_class=_class_name(error))


def _class_name(error: Exception | None) -> str | None:
    return type(error).__name__ if error else None


@dataclass
class ReadFiles(beam.PTransform[beam.pvalue.PBegin, beam.pvalue.DoOutputsTuple]):
    """Read documents from files.

    Input: the pipeline's start. Outputs: `RawDocument`s (main) and `Rejection`s (tag `REJECTS`), in the global
    window, with no order. Every document counts once in `documents_read`, rejects included.

    Files are found inside the pipeline and spread over the workers by a Reshuffle; a file is read by one worker
    as a stream, one document in memory at a time. Deterministic, safe to retry.

    Rejected when: see `schemas.vocabulary.Reason`, stage "read".

    Args:
        patterns: paths, folders (all files below) or globs, local or of any scheme Beam has a file system for.
        limit: read at most so many documents, in the order of the sorted paths, on one worker (for smoke runs).
        source: name of the publisher for documents that state neither a URL nor a source.
        language: ISO 639-1 code for documents that state none.

    Raises:
        ValueError: when `patterns` is empty or `limit` is below 1.
    """

    patterns: Sequence[str]
    limit: int | None = None
    source: str | None = None
    language: str | None = None
    given: GivenMetadata = field(init=False)

    def __post_init__(self) -> None:
        super().__init__()
        if not self.patterns:
            raise ValueError("no input: give at least one path, folder or glob")
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit must be 1 or more, not {self.limit}")
        self.given = GivenMetadata(source=self.source, language=self.language)

    def expand(self, start: beam.pvalue.PBegin) -> beam.pvalue.DoOutputsTuple:
        patterns = start | "Patterns" >> beam.Create([tuple(self.patterns)], reshuffle=False)
        if self.limit is None:
            documents = (
                patterns
                | "Match" >> beam.FlatMap(document_files)
                | "SpreadFiles" >> beam.Reshuffle()
                | "Read" >> beam.FlatMap(read_file)
            )
        else:
            documents = patterns | "ReadFirst" >> beam.FlatMap(_read_first, self.limit)
        return sort_documents(documents, self.given)


def sort_documents(documents: beam.PCollection[Document], given: GivenMetadata) -> beam.pvalue.DoOutputsTuple:
    """Documents and rejects apart and counted; `given` is for documents that do not state their own."""
    outputs: beam.pvalue.DoOutputsTuple = documents | "Sort" >> beam.ParDo(_count_and_tag, given).with_outputs(
        REJECTS, main="documents"
    )
    return outputs


def _read_first(patterns: Sequence[str], limit: int) -> Iterator[Document]:
    documents = (document for file in document_files(patterns) for document in read_file(file))
    for _, document in zip(range(limit), documents, strict=False):
        yield document


def _count_and_tag(
    document: Document, defaults: GivenMetadata
) -> Iterator[RawDocument | TaggedOutput[Literal["rejects"], Rejection]]:
    count(Counter.DOCUMENTS_READ)
    if isinstance(document, Rejection):
        yield TaggedOutput(REJECTS, document)
        return
    yield with_defaults(document, defaults)


def with_defaults(document: RawDocument, defaults: GivenMetadata) -> RawDocument:
    """`document`, with the source and language of `defaults` where it states none."""
    given = replace(
        document.given,
        source=document.given.source or defaults.source,
        language=document.given.language or defaults.language,
    )
    record_id = None if document.record_id is None else with_given(document.record_id, defaults)
    return replace(document, given=given, record_id=record_id)


def id_of(record: RawDocument | JsonLine, defaults: GivenMetadata) -> str:
    """The `document_id` of what a record is, read no further than needed."""
    if isinstance(record, RawDocument):
        return document_id(with_defaults(record, defaults))
    return recorded_document_id(with_given(record.record_id, defaults), record.file.modified, DateSource.FILE_MTIME)
