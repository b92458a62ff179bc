"""Cut an input of any size into portions of bounded size, and read one portion.

A run on one machine takes one portion after the other, with the lake as memory between them, since whatever stands
between two steps is held in memory there. Files of one document each are only listed here. A file of many documents
is read once, as a stream, and laid down in small chunk files, so that no portion has to read it from its beginning
again and the workers share its documents, and the parsing of its lines.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import apache_beam as beam
from apache_beam.io.filesystem import FileMetadata

from schemas.document import GivenMetadata, RawDocument
from schemas.rejection import Rejection
from schemas.vocabulary import MediaType
from transforms.file_formats import Document, JsonLine, Record, extension
from transforms.files import holds_many, read_file, read_records, sort_documents, whole

CHUNK_DOCUMENTS = 5
CHUNK_BYTES = 4_000_000
"""A chunk is read by one worker: small, so that none works alone for long, in a first cycle of fifty documents either."""
HTML_SHARE = 0.1
"""Share of a page that counts: text and metadata are 2 to 8 % of publisher pages, and only they are kept."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one portion holds at most.

    Args:
        documents: number of documents.
        text_bytes: bytes of text, a page counted with `HTML_SHARE`; the last document may go above it.
    """

    documents: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that were read already, pickled one after the other into a local file of this run."""

    path: str


Piece: TypeAlias = FileMetadata | Chunk
Portion: TypeAlias = tuple[Piece, ...]


def portions(
    files: Iterable[FileMetadata],
    folder: Path,
    bounds: Bounds,
    limit: int | None = None,
    skipped: Callable[[], None] = lambda: None,
    passed_over: Callable[[RawDocument | JsonLine], bool] | None = None,
    first: Bounds | None = None,
) -> Iterator[Portion]:
    """Portions of all documents of `files`, in their order.

    Args:
        folder: an empty local folder for the chunks. Those of a portion are made when it is asked for, and may be
            deleted when it is done with.
        limit: only the first so many documents.
        skipped: called for every record of an archive that is no document.
        passed_over: tells of a document that it need not be read further. With it, files of one document are read
            here as well.
        first: bounds of the first portion, where it is to be done sooner than the others.
    """
    portion: list[Piece] = []
    documents = text_bytes = 0
    for piece, piece_documents, piece_bytes in _pieces(files, _Chunks(folder, bounds), limit, skipped, passed_over):
        limits = first or bounds
        full = documents + piece_documents > limits.documents or text_bytes + piece_bytes > limits.text_bytes
        if portion and full:
            yield tuple(portion)
            portion, documents, text_bytes, first = [], 0, 0, None
        portion.append(piece)
        documents += piece_documents
        text_bytes += piece_bytes
    if portion:
        yield tuple(portion)


_Sized = tuple[Piece, int, int]
"""A piece, its number of documents and its bytes of text."""


def _pieces(
    files: Iterable[FileMetadata],
    chunks: "_Chunks",
    limit: int | None,
    skipped: Callable[[], None],
    passed_over: Callable[[RawDocument | JsonLine], bool] | None,
) -> Iterator[_Sized]:
    def remaining(records: Iterable[Record]) -> Iterator[Record]:
        for record in records:
            if passed_over is None or isinstance(record, Rejection) or not passed_over(record):
                yield record

    if limit is not None:
        records = (record for file in files for record in read_records(file, skipped))
        yield from chunks.lay_down(remaining(islice(records, limit)))
        return
    for file in files:
        if holds_many(file.path):
            yield from chunks.lay_down(remaining(read_records(file, skipped)))
        elif passed_over is None or any(True for _ in remaining(read_records(file))):
            markup = extension(file.path)[0] in (".html", ".htm")
            yield file, 1, int(file.size_in_bytes * (HTML_SHARE if markup else 1))


class _Chunks:
    """Numbers the chunk files of a run and keeps them within the bounds of a portion."""

    def __init__(self, folder: Path, bounds: Bounds) -> None:
        self._folder = folder
        self._documents = min(CHUNK_DOCUMENTS, bounds.documents)
        self._bytes = min(CHUNK_BYTES, bounds.text_bytes)
        self._number = 0

    def lay_down(self, records: Iterable[Record]) -> Iterator[_Sized]:
        """Write `records` into chunks, each whole when it is given out."""
        remaining = iter(records)
        for first in remaining:
            self._number += 1
            path = self._folder / f"chunk-{self._number:08}"
            written, size = 1, _text_bytes(first)
            with path.open("wb") as chunk:
                pickle.dump(first, chunk)
                while written < self._documents and size < self._bytes:
                    record = next(remaining, None)
                    if record is None:
                        break
                    pickle.dump(record, chunk)
                    written += 1
                    size += _text_bytes(record)
            yield Chunk(str(path)), written, size


def _text_bytes(record: Record) -> int:
    if isinstance(record, JsonLine):
        return int(len(record.content) * (HTML_SHARE if record.is_page else 1))
    size = len(record.payload or b"")
    if isinstance(record, RawDocument) and record.media_type is MediaType.HTML:
        return int(size * HTML_SHARE)
    return size


def forget(portion: Portion) -> None:
    """Delete the chunks of a portion that is done with."""
    for piece in portion:
        if isinstance(piece, Chunk):
            Path(piece.path).unlink()


def read_piece(piece: Piece) -> Iterator[Document]:
    """The documents of one piece, one in memory at a time."""
    if isinstance(piece, Chunk):
        yield from _read_chunk(piece)
    else:
        yield from read_file(piece)


def _read_chunk(chunk: Chunk) -> Iterator[Document]:
    with Path(chunk.path).open("rb") as stream:
        while stream.peek(1):
            record: Record = pickle.load(stream)
            yield whole(record)


@dataclass
class ReadPortion(beam.PTransform[beam.pvalue.PBegin, beam.pvalue.DoOutputsTuple]):
    """Read the documents of one portion; outputs, metrics and contract are those of `transforms.files.ReadFiles`.

    For workers of this machine only: they read the chunks by their local paths.

    Args:
        portion: one of `portions`.
        source, language: as in `ReadFiles`.
    """

    portion: Portion
    source: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, start: beam.pvalue.PBegin) -> beam.pvalue.DoOutputsTuple:
        documents = (
            start
            | "Pieces" >> beam.Create(self.portion, reshuffle=False)
            | "SpreadPieces" >> beam.Reshuffle()
            | "Read" >> beam.FlatMap(read_piece)
        )
        return sort_documents(documents, GivenMetadata(source=self.source, language=self.language))
