"""The lake on a file system: batches of rows in Parquet files, named by what they hold.

A batch's file appears whole or not at all: it is written under a temporary name in the same folder and then
renamed. Within one file system a rename is atomic (POSIX rename(2)); an object store's rename is a copy, and
there an object appears only when its upload is complete, so that readers never see half a file either way.
"""

import io
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems

from schemas.partition import Partition
from schemas.tables import Table

TEMPORARY = ".tmp-"
"""Start of the name of a file that is being written: readers' globs (``*.parquet``) and engines skip it."""

ROWS_PER_GROUP = 10_000
"""Rows of a Parquet row group: small enough that statistics prune, large enough to compress."""


def arrow_table(table: Table, rows: Iterable[Any]) -> pa.Table:
    """Records as an Arrow table in `table`'s schema, sorted by its `sort_by`.

    Raises:
        pyarrow.ArrowInvalid: when a required column is None, or a value does not fit its type.
    """
    arrow = pa.Table.from_pylist([_plain(row) for row in rows], schema=table.schema)
    arrow.validate(full=True)
    for column in table.columns:
        if not column.nullable and arrow.column(column.name).null_count:
            raise pa.ArrowInvalid(f"{table.name}.{column.name} is required but holds a null")
    return arrow.sort_by([(name, "ascending") for name in table.sort_by])


def _plain(value: Any) -> Any:
    """Dataclasses as dicts and enums as strings, at any depth (Arrow takes both only in this form)."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return str(value) if isinstance(value, str) else value


def write_batch(lake: str, partition: Partition, table: Table, name: str, rows: Sequence[Any]) -> str:
    """Write `rows` as one file of `table` and return its path; the same batch again replaces it by itself."""
    folder = FileSystems.join(lake, *partition.folder(table.name).split("/"))
    temporary = FileSystems.join(folder, f"{TEMPORARY}{secrets.token_hex(8)}-{name}")
    final: str = FileSystems.join(folder, name)
    buffer = io.BytesIO()
    pq.write_table(arrow_table(table, rows), buffer, compression="zstd", row_group_size=ROWS_PER_GROUP)
    with FileSystems.create(temporary, compression_type=CompressionTypes.UNCOMPRESSED) as file:
        file.write(buffer.getvalue())
    FileSystems.rename([temporary], [final])
    return final


def row_ids(lake: str, partition: Partition, table: Table) -> Iterator[str]:
    """The first key column of every row that the partition holds."""
    folder = FileSystems.join(lake, *partition.folder(table.name).split("/"))
    for file in FileSystems.match([FileSystems.join(folder, "part-*.parquet")])[0].metadata_list:
        with FileSystems.open(file.path, compression_type=CompressionTypes.UNCOMPRESSED) as stream:
            try:
                column = pq.read_table(stream, columns=[table.key[0]], partitioning=None).column(0)
            except (pa.ArrowInvalid, OSError) as error:
                raise BeamIOError(
                    f"{file.path} is not a readable Parquet file: move it out of the lake", {file.path: error}
                ) from error
        yield from column.to_pylist()
