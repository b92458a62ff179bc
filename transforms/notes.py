"""Notes of batches that were written and not yet compared with what the lake held before.

A note is a file ``<lake>/.unchecked/<date>,<source>,<batch>``. It is there before the batch is committed, so
that a killed run cannot leave a batch without its note; a note may be there without its batch.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

from schemas.partition import Partition
from transforms.locking import is_local

FOLDER = ".unchecked"


@dataclass(frozen=True, slots=True)
class Note:
    """A batch, and where its note is."""

    path: str
    partition: Partition
    name: str


def note_batch(lake: str, partition: Partition, name: str) -> None:
    """Leave a note of a batch that is about to be written."""
    path = FileSystems.join(lake, FOLDER, f"{partition.date:%Y-%m-%d},{partition.source},{name}")
    with FileSystems.create(path, compression_type=CompressionTypes.UNCOMPRESSED) as note:
        note.write(b"\n")  # Beam 2.77 cannot make an empty object on S3


def notes(lake: str) -> list[Note]:
    """All notes, by day."""
    found = []
    for file in FileSystems.match([FileSystems.join(lake, FOLDER, "*")])[0].metadata_list:
        day, source, name = file.path.rpartition("/")[2].split(",")
        found.append(Note(file.path, Partition(date.fromisoformat(day), source), name))
    return sorted(found, key=lambda note: note.path)


def remove_notes(lake: str, done: list[Note]) -> None:
    """Delete notes that are done with."""
    if done:
        FileSystems.delete([note.path for note in done])
    if is_local(lake):
        with suppress(OSError):  # not there, or not empty
            Path(lake, FOLDER).rmdir()
