"""Merge the small files of a partition into one, while others read and write.

Per table, the merged file is made in a hidden folder beside the partition's, and the two folders change places in one
step (renameat2 with RENAME_EXCHANGE, Linux 3.15): whoever opens the folder's name finds all old files or the one new
file. The rows of each table are the same before and after, so that the tables need not change together. Writers of
batches wait meanwhile; the lock is that of `transforms.locking`.
"""

import ctypes
import os
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from schemas.partition import Partition, batch_name
from schemas.tables import ARTICLES, CLAIMS, ENTITIES, FEED_POLLS, REJECTS, Table
from transforms.lake import in_schema, read_columns, row_ids, sweep, sweep_temporary, write_parquet
from transforms.locking import alone, is_local

BUILDING = ".compact-"
"""Start of the name of a folder that compaction makes or has replaced; engines' globs skip it."""
_OF_THEIR_OWN = (REJECTS, FEED_POLLS)
"""Tables whose rows belong to no version of an article."""
_TABLES = (ENTITIES, CLAIMS, ARTICLES, *_OF_THEIR_OWN)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class CannotCompactError(RuntimeError):
    """The lake lies where two folders cannot change places."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What compaction did to one table of one partition."""

    table: str
    partition: Partition
    files: int
    rows: int


def closed_partitions(lake: str, before: date) -> list[Partition]:
    """The partitions of days before `before`, of any table, sorted."""
    found = set()
    for folder in Path(lake).glob("*/date=*/source=*"):
        day = date.fromisoformat(folder.parent.name.removeprefix("date="))
        if day < before:
            found.add(Partition(day, folder.name.removeprefix("source=")))
    return sorted(found)


def compact_partition(lake: str, partition: Partition) -> Iterator[Compacted]:
    """Merge each table's files of `partition` into one; a table with one file is left as it is.

    Raises:
        CannotCompactError: on an object store or a file system without an exchange of folders.
    """
    if not is_local(lake):
        raise CannotCompactError(f"{lake!r} is no local folder: an object store cannot replace several files at once")
    for table in _TABLES:
        _remove(_building(lake, partition, table))  # what a killed compaction has left
    with alone(lake):
        known = set(row_ids(lake, partition, ARTICLES))
        sweep(lake, partition, known)
        for table in _OF_THEIR_OWN:
            sweep_temporary(lake, partition, table)
        merged = [_merge(lake, partition, table, None if table in _OF_THEIR_OWN else known) for table in _TABLES]
    yield from (one for one in merged if one is not None)


def remove_replaced(lake: str) -> None:
    """Delete the folders that compaction has replaced: readers that listed them are given until now to open them."""
    for folder in Path(lake).glob(f"*/date=*/{BUILDING}*"):
        _remove(folder)


def _merge(lake: str, partition: Partition, table: Table, versions: Collection[str] | None) -> Compacted | None:
    folder = Path(lake, partition.folder(table.name))
    files = sorted(folder.glob("part-*.parquet"))
    if len(files) < 2:
        return None
    names = [column.name for column in table.columns]
    rows = pa.concat_tables([in_schema(read_columns(str(file), None), table) for file in files])
    rows = _once(rows, table).sort_by([(name, "ascending") for name in table.sort_by]).select(names)
    ids = versions if versions is not None else rows.column(table.key[0]).to_pylist()
    building = _building(lake, partition, table)
    building.mkdir()
    _write(building / batch_name(ids), rows.cast(table.schema), table)
    _exchange(folder, building)
    return Compacted(table.name, partition, len(files), len(rows))


def _once(rows: pa.Table, table: Table) -> pa.Table:
    """Each key once: on an unlocked file system two runs may have written the same row."""
    seen: set[object] = set()
    keep = []
    for key in zip(*(rows.column(name).to_pylist() for name in table.key), strict=True):
        keep.append(key not in seen)
        seen.add(key)
    return rows.filter(pa.array(keep, pa.bool_()))


def _write(path: Path, rows: pa.Table, table: Table) -> None:
    with path.open("wb") as file:
        write_parquet(rows, table, file)
        file.flush()
        os.fsync(file.fileno())


def _building(lake: str, partition: Partition, table: Table) -> Path:
    folder = Path(lake, partition.folder(table.name))
    return folder.with_name(f"{BUILDING}{folder.name}")


def _remove(folder: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(folder)


def _exchange(first: Path, second: Path) -> None:
    """Let two folders change places in one step."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        raise CannotCompactError("this system has no renameat2, which lets two folders change places (Linux has)")
    if libc.renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE):
        error = os.strerror(ctypes.get_errno())
        raise CannotCompactError(f"{first} and {second} cannot change places: {error}")
