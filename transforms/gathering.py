"""Gather the rows of a partition within a bundle, before they are grouped across bundles.

An article has some twenty rows. Encoded one by one, each names its class, its article and its source again. And they
are encoded here, once and as columns, which is what a file is made of: between here and there each element is taken to
pieces and put together again, which costs nothing with bytes.
"""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

import apache_beam as beam
import pyarrow as pa
from apache_beam.utils.windowed_value import WindowedValue

from schemas.partition import Partition
from schemas.tables import Table
from transforms.lake import plain_columns, table_of_columns
from transforms.partitions import shard_of

MAX_ROWS = 1_000
"""Of one partition in one element: some hundred kilobytes."""


Gathered: TypeAlias = bytes
"""Rows of one table and partition: the values of each column, encoded."""


def gathered(table: Table, rows: Iterable[Any]) -> Gathered:
    """Rows of `table` as one element."""
    return pickle.dumps(plain_columns(table, rows), pickle.HIGHEST_PROTOCOL)


def together(table: Table, elements: Iterable[Gathered]) -> pa.Table:
    """The rows of all elements in `table`'s schema and order.

    Raises:
        pyarrow.ArrowInvalid: when a required column is None, or a value does not fit its type.
    """
    parts = [pickle.loads(element) for element in elements]
    columns = [list(chain.from_iterable(part[place] for part in parts)) for place in range(len(table.columns))]
    return table_of_columns(table, columns)


@dataclass
class GatherByPartition(beam.PTransform[beam.PCollection[Any], beam.PCollection[tuple[Partition, Gathered]]]):
    """Key rows by their partition, several in one element.

    Input: rows with the columns ``date``, ``source`` and ``article_id``. Output: `(Partition, Gathered)`, every row in
    exactly one of them, in its window. Which rows share an element depends on the bundles: group them.

    Args:
        table: whose rows they are.
        shards: how many parts a day of a source has.
    """

    table: Table
    shards: int

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, rows: beam.PCollection[Any]) -> beam.PCollection[tuple[Partition, Gathered]]:
        return rows | "Gather" >> beam.ParDo(_Gather(self.table, self.shards)).with_output_types(
            tuple[Partition, Gathered]
        )


class _Gather(beam.DoFn):
    def __init__(self, table: Table, shards: int) -> None:
        super().__init__()
        self._table = table
        self._shards = shards
        self._rows: dict[tuple[Any, Partition], tuple[WindowedValue, list[Any]]] = {}

    def start_bundle(self) -> None:
        self._rows = {}

    # The window is asked for so that an element of several windows comes once for each.
    def process(self, row: Any, windowed=beam.DoFn.WindowedValueParam, window=beam.DoFn.WindowParam):  # type: ignore[no-untyped-def]
        key = (window, Partition(row.date, row.source, shard_of(row.article_id, self._shards)))
        first, rows = self._rows.setdefault(key, (windowed, []))
        rows.append(row)
        if len(rows) >= MAX_ROWS:
            del self._rows[key]
            yield self._element(first, key[1], rows)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        for (_, partition), (first, rows) in self._rows.items():
            yield self._element(first, partition, rows)
        self._rows = {}

    def _element(self, first: WindowedValue, partition: Partition, rows: list[Any]) -> WindowedValue:
        return first.with_value((partition, gathered(self._table, rows)))
