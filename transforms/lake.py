"""The lake on a file system: batches of rows in Parquet files, named by what they hold.

A batch's file appears whole or not at all: it is written under a temporary name in the same folder and then
renamed. Within one file system a rename is atomic (POSIX rename(2)); an object store's rename is a copy, and
there an object appears only when its upload is complete, so that readers never see half a file either way.
"""

import os
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from apache_beam.io.filesystem import BeamIOError, CompressionTypes, FileMetadata
from apache_beam.io.filesystems import FileSystems

from schemas.partition import Partition
from schemas.tables import ARTICLES, CLAIMS, ENTITIES, TABLES, Table
from schemas.version import check_version
from transforms.locking import is_local

TEMPORARY = ".tmp-"
"""Start of the name of a file that is being written: readers' globs (``*.parquet``) and engines skip it."""

ROWS_PER_GROUP = 10_000
"""Rows of a Parquet row group: small enough that statistics prune, large enough to compress."""

MAX_REMEMBERED_ROWS = 64
"""A run without end writes many files of a few rows and reads them again for each window; large files are few."""


def arrow_table(table: Table, rows: Iterable[Any]) -> pa.Table:
    """Records as an Arrow table in `table`'s schema, sorted by its `sort_by`.

    Raises:
        as `table_of_columns`.
    """
    return table_of_columns(table, plain_columns(table, rows))


def plain_columns(table: Table, rows: Iterable[Any]) -> list[list[Any]]:
    """The values of each of `table`'s columns, as Arrow takes them: dataclasses as dicts and enums as strings."""
    records = list(rows)
    columns = [list(map(attrgetter(column.name), records)) for column in table.columns]
    return [
        values if _PLAIN.issuperset(map(type, values)) else [_plain(value) for value in values] for values in columns
    ]


def table_of_columns(table: Table, columns: Sequence[Sequence[Any]]) -> pa.Table:
    """Values of `plain_columns` as an Arrow table, sorted by `table`'s `sort_by`.

    Raises:
        pyarrow.ArrowInvalid: when a required column is None, or a value does not fit its type.
    """
    arrays = [pa.array(values, column.type) for values, column in zip(columns, table.columns, strict=True)]
    arrow = pa.Table.from_arrays(arrays, schema=table.schema)
    arrow.validate(full=True)
    for column in table.columns:
        if not column.nullable and arrow.column(column.name).null_count:
            raise pa.ArrowInvalid(f"{table.name}.{column.name} is required but holds a null")
    return arrow.sort_by([(name, "ascending") for name in table.sort_by])


_PLAIN = frozenset({str, int, float, bool, type(None), date, datetime})


def _plain(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, str):  # first: is_dataclass() asks for an attribute, which enumerations look for in Python
        return str(value)
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def write_batch(lake: str, partition: Partition, table: Table, name: str, rows: Sequence[Any]) -> str:
    """Write `rows` as one file of `table` and return its path; the same batch again replaces it by itself."""
    return write_file(lake, partition, table, name, arrow_table(table, rows))


def write_file(lake: str, partition: Partition, table: Table, name: str, rows: pa.Table) -> str:
    """Write `rows`, in the table's schema and order, as one file and return its path."""
    folder = _folder(lake, partition, table)
    temporary = FileSystems.join(folder, f"{TEMPORARY}{secrets.token_hex(8)}-{name}")
    final: str = FileSystems.join(folder, name)
    buffer = pa.BufferOutputStream()
    write_parquet(rows, table, buffer)
    if is_local(lake):
        _write_local(temporary, final, buffer.getvalue())
    else:
        with FileSystems.create(temporary, compression_type=CompressionTypes.UNCOMPRESSED) as file:
            file.write(buffer.getvalue().to_pybytes())
        FileSystems.rename([temporary], [final])
    return final


def write_parquet(rows: pa.Table, table: Table, sink: Any) -> None:
    """Write `rows` of `table` as one Parquet file to a path or an open file."""
    pq.write_table(
        rows,
        sink,
        compression="zstd",
        row_group_size=ROWS_PER_GROUP,
        use_dictionary=False,  # they take a third of the time, and make 17 of 18 files up to 8 % larger
        write_statistics=table.pruning,
    )


def _write_local(temporary: str, final: str, content: pa.Buffer) -> None:
    # Not through Beam, whose layer over these calls takes twice the time of the calls: a run writes many small files.
    Path(temporary).parent.mkdir(parents=True, exist_ok=True)
    with Path(temporary).open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())  # after a power failure a renamed file must not be empty
    os.replace(temporary, final)  # noqa: PTH105


def replace_rows(
    lake: str, partition: Partition, table: Table, name: str, versions: Collection[str], rows: pa.Table
) -> None:
    """Put `rows` in the place of those of `versions` in the file `name`, if that changes anything.

    The new file takes the place of the old one in one step. A file that loses its last row stays, empty: readers that
    have listed it can open it.
    """
    old = table.schema.empty_table()
    if any(path.rpartition("/")[2] == name for path in part_files(lake, partition, table)):
        old = in_schema(read_columns(FileSystems.join(_folder(lake, partition, table), name), None), table)
    kept = old.filter(pc.invert(pc.is_in(old["version_id"], pa.array(sorted(versions), pa.string()))))
    if len(rows) or len(kept) < len(old):
        merged = pa.concat_tables([kept, rows]).sort_by([(column, "ascending") for column in table.sort_by])
        write_file(lake, partition, table, name, merged)


def in_schema(rows: pa.Table, table: Table) -> pa.Table:
    """Rows of an older file, with nulls for columns that came later."""
    for column in table.columns:
        if column.name not in rows.column_names:
            rows = rows.append_column(column.name, pa.nulls(len(rows), column.type))
    return rows.select([column.name for column in table.columns]).cast(table.schema)


def row_ids(lake: str, partition: Partition, table: Table) -> Iterator[str]:
    """The first key column of every row that the partition holds."""
    for path in part_files(lake, partition, table):
        yield from read_columns(path, [table.key[0]]).column(0).to_pylist()


def part_files(lake: str, partition: Partition, table: Table) -> list[str]:
    """The paths of a partition's files."""
    return _files(lake, partition, table, "part-*.parquet")


def read_columns(path: str, columns: list[str] | None) -> pa.Table:
    """Some columns of one file, or all.

    Raises:
        BeamIOError: naming the file, when it is not Parquet.
        OtherSchemaVersionError: naming the file, when another release wrote it.
    """
    table = _read_columns(path, columns)
    check_version(table.schema, path)
    return table


def _read_columns(path: str, columns: list[str] | None) -> pa.Table:
    with FileSystems.open(path, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
        try:
            # pq.read_table() makes a dataset of the file first, and threads: three times as long for a small file.
            return pq.ParquetFile(stream).read(columns, use_threads=False)
        except (pa.ArrowInvalid, OSError) as error:
            raise BeamIOError(
                f"{path} is not a readable Parquet file: move it out of the lake", {path: error}
            ) from error


def check_lake_version(lake: str) -> None:
    """Look whether this release wrote the lake, by one file of each table: before anything is begun.

    Raises:
        OtherSchemaVersionError: naming the lake.
    """
    for table in TABLES:
        pattern = FileSystems.join(lake, table.name, "date=*", "source=*", "part-*.parquet")
        for file in FileSystems.match([pattern], limits=[1])[0].metadata_list:
            with suppress(
                BeamIOError, FileNotFoundError
            ):  # damaged: whoever needs it says so; merged since it was listed
                check_version(_read_columns(file.path, []).schema, lake)


@lru_cache(maxsize=4_096)
def _small_table(path: str, _size_in_bytes: int, _changed_secs: float, columns: tuple[str, ...]) -> pa.Table | None:
    table = read_columns(path, list(columns))
    return table if len(table) <= MAX_REMEMBERED_ROWS else None


def reread_columns(file: FileMetadata, columns: list[str]) -> pa.Table:
    """As `read_columns`, for files that are asked for again and again: small ones are kept in memory until a listing
    shows another size or another time of change.

    An object store may give that time in whole seconds, and a file whose marks of copies have changed
    (`transforms.late_originals`) may have the size that it had: do not ask for these here. Nothing else changes in a
    file under its name.

    Args:
        file: as a listing has just shown it.
    """
    table = _small_table(file.path, file.size_in_bytes, file.last_updated_in_seconds, tuple(columns))
    return read_columns(file.path, columns) if table is None else table


def of_versions(rows: pa.Table, versions: Collection[str]) -> pa.Table:
    """The rows of these versions."""
    return rows.filter(pc.is_in(rows["version_id"], pa.array(sorted(versions), pa.string())))


def sweep(lake: str, partition: Partition, known: Collection[str]) -> None:
    """Remove what interrupted writers have left of this partition: half files, and batches never committed.

    Nobody may be writing to the partition. A batch was committed if its articles are there: then it has an articles
    file of its name, or (after compaction) its versions are among the `known` ones of the partition.
    """
    committed = set(map(_name, part_files(lake, partition, ARTICLES)))
    for table in (ENTITIES, CLAIMS):
        for path in part_files(lake, partition, table):
            if _name(path) not in committed:
                versions = read_columns(path, ["version_id"]).column(0).to_pylist()
                if not set(versions) <= set(known):
                    _delete(path)
    for table in (ENTITIES, CLAIMS, ARTICLES):
        sweep_temporary(lake, partition, table)


def sweep_versions(lake: str, partition: Partition, versions: Collection[str]) -> None:
    """Remove entities and claims that a batch which was not finished has left of `versions`, none of which are in the
    lake. Nobody may be writing these versions; others may write others to the partition."""
    committed = set(map(_name, part_files(lake, partition, ARTICLES)))
    for table in (ENTITIES, CLAIMS):
        for path in part_files(lake, partition, table):
            if _name(path) not in committed and set(versions) & set(
                read_columns(path, ["version_id"]).column(0).to_pylist()
            ):
                _delete(path)


def sweep_temporary(lake: str, partition: Partition, table: Table) -> None:
    """Remove half-written files of one table and partition, to which nobody may be writing."""
    for path in _files(lake, partition, table, f"{TEMPORARY}*"):
        _delete(path)


def sweep_temporary_everywhere(lake: str, table: Table) -> None:
    """Remove half-written files of one table, to which nobody may be writing."""
    pattern = FileSystems.join(lake, table.name, "date=*", "source=*", f"{TEMPORARY}*")
    for file in FileSystems.match([pattern])[0].metadata_list:
        _delete(file.path)


def _delete(path: str) -> None:
    try:
        FileSystems.delete([path])
    except BeamIOError:
        if FileSystems.exists(path):  # else another shard of the partition was faster
            raise


def _files(lake: str, partition: Partition, table: Table, pattern: str) -> list[str]:
    """The paths in a partition's folder whose names fit the pattern, in order."""
    folder = _folder(lake, partition, table)
    if is_local(lake):  # not through Beam, which makes an expression of each folder: 0.3 ms, ten times a partition
        try:
            names = sorted(path.name for path in Path(folder).iterdir())
        except FileNotFoundError:
            return []
        return [FileSystems.join(folder, name) for name in names if fnmatchcase(name, pattern)]
    return sorted(file.path for file in FileSystems.match([FileSystems.join(folder, pattern)])[0].metadata_list)


def _folder(lake: str, partition: Partition, table: Table) -> str:
    folder: str = FileSystems.join(lake, *partition.folder(table.name).split("/"))
    return folder


def _name(path: str) -> str:
    return path.rpartition("/")[2]
