"""Which documents the lake already holds, asked before they are cleaned.

A version is known by what cleaning makes of a document. The same document gives the same version, so a document that is
in the lake need not be cleaned again (`transforms.document_ids`). A document that differs in anything, or that came to the
lake under another one's name (the same article read twice), is cleaned and set aside afterwards (`transforms.known`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.filesystems import FileSystems
from numpy.typing import NDArray

from schemas.identity import ID_CHARS
from schemas.tables import ARTICLES
from transforms.lake import read_columns

MAX_DOCUMENTS = 2_000_000
"""Of a larger lake none are remembered; so many take 70 MB."""
MIN_FILES = 200
BYTES_A_FILE = 1_000
"""A file of the lake takes about 1 ms to look into, as cleaning takes for so much input (a page is 30 ms): a lake that has
more files than the input is worth is not looked into."""


@dataclass(frozen=True, slots=True)
class KnownDocuments:
    """The documents whose articles a lake holds.

    Args:
        ids: their ids, sorted.
        places: for each, the place of its publisher in `sources`.
        sources: publishers, as the folders name them.
    """

    ids: NDArray[np.bytes_]
    places: NDArray[np.int32]
    sources: tuple[str, ...]

    def source_of(self, document_id: str) -> str | None:
        """The publisher of a document whose article the lake holds; None for others."""
        if not len(self.ids):
            return None
        wanted = np.bytes_(document_id)
        at = int(np.searchsorted(self.ids, wanted))
        return self.sources[int(self.places[at])] if at < len(self.ids) and self.ids[at] == wanted else None


NONE = KnownDocuments(np.zeros(0, f"S{ID_CHARS}"), np.zeros(0, np.int32), ())


def known_documents(lake: str, inputs: Sequence[FileMetadata]) -> KnownDocuments:
    """Those of the whole lake, if it is small beside `inputs`; else `NONE`."""
    pattern = FileSystems.join(lake, ARTICLES.name, "date=*", "source=*", "part-*.parquet")
    files = FileSystems.match([pattern])[0].metadata_list
    if len(files) > max(MIN_FILES, sum(file.size_in_bytes for file in inputs) // BYTES_A_FILE):
        return NONE
    sources: dict[str, int] = {}
    ids: list[str] = []
    places: list[int] = []
    for path, found in _ids(files):
        source = path.replace("\\", "/").rpartition("/source=")[2].partition("/")[0]
        ids += found
        places += [sources.setdefault(source, len(sources))] * len(found)
        if len(ids) > MAX_DOCUMENTS:
            return NONE
    unsorted = np.array(ids, dtype=f"S{ID_CHARS}")
    order = np.argsort(unsorted)
    return KnownDocuments(unsorted[order], np.array(places, np.int32)[order], tuple(sources))


def _ids(files: Sequence[FileMetadata]) -> Iterator[tuple[str, list[str]]]:
    """The ids in each file; tables of before there were any have none."""
    for file in files:
        table = read_columns(file.path, ["document_id"])
        if table.num_columns:
            yield file.path, [found for found in table.column(0).to_pylist() if found is not None]
