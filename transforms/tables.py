"""Write the tables: one batch a partition, entities and claims first, the articles last."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam
import pyarrow as pa

from schemas.article import Article
from schemas.claim import Claim
from schemas.entity import EntityMention
from schemas.partition import Partition, batch_name
from schemas.rejection import Rejection
from schemas.tables import ARTICLES, CLAIMS, ENTITIES, REJECTS
from transforms.gathering import GatherByPartition, Gathered, together
from transforms.lake import of_versions, row_ids, sweep_temporary, sweep_versions, write_batch, write_file
from transforms.locking import alone, batch
from transforms.metrics import Counter, count
from transforms.notes import note_batch


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of the lake that a run has written: its table, path and number of rows."""

    table: str
    path: str
    rows: int


@dataclass
class WriteTables(
    beam.PTransform[
        tuple[beam.PCollection[Article], beam.PCollection[EntityMention], beam.PCollection[Claim]],
        beam.PCollection[WrittenFile],
    ]
):
    """Write articles with their entities and claims, one file a table and partition.

    Input: a dict with the PCollections ``articles``, ``entities`` and ``claims`` in the same windows. Output: a
    `WrittenFile` each. The file name is the hash of the batch's version ids, so a retried bundle writes the same
    files again. A batch is committed when its articles file exists: that one is written last. If the input is
    unbounded, what the lake holds is looked up again before each batch, and what an unfinished batch has left of the
    same versions is removed: a job that goes on from a checkpoint may come by in other batches.

    Cost: the rows of one partition and window are in memory at once; see `shards`.

    Metrics: `articles_written` by source, `entities_written`, `claims_written`.

    Args:
        lake: root folder of the tables, on any file system that Beam knows.
        shards: how many files one partition is spread over; as in `SetAsideKnown`.
        lease: sign of life of a run on this machine (see `transforms.locking`).
        note_batches: leave a note of each batch for `transforms.late_originals`.

    Raises:
        transforms.locking.RunEndedError: in the worker, when the run is gone.
    """

    lake: str
    shards: int = 1
    lease: str | None = None
    note_batches: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, tables: dict[str, beam.PCollection]) -> beam.PCollection[WrittenFile]:
        gathered = {
            table.name: tables[table.name] | f"Gather{table.name.title()}" >> GatherByPartition(table, self.shards)
            for table in (ARTICLES, ENTITIES, CLAIMS)
        }
        return (
            gathered
            | "GroupByPartition" >> beam.CoGroupByKey()
            | "WriteBatch"
            >> beam.FlatMapTuple(self._write, tables[ARTICLES.name].is_bounded).with_output_types(WrittenFile)
        )

    def _write(
        self, partition: Partition, gathered: dict[str, Iterable[Gathered]], swept: bool = True
    ) -> Iterator[WrittenFile]:
        rows = {table.name: together(table, gathered[table.name]) for table in (ARTICLES, ENTITIES, CLAIMS)}
        written = []
        with batch(self.lake, self.lease) if swept else alone(self.lake):
            if not swept:
                rows = self._left_to_write(partition, rows)
            versions = rows[ARTICLES.name]["version_id"].to_pylist()
            name = batch_name(versions)
            if versions and self.note_batches:
                note_batch(self.lake, partition, name)
            for table, counter, key in (
                (ENTITIES, Counter.ENTITIES_WRITTEN, ""),
                (CLAIMS, Counter.CLAIMS_WRITTEN, ""),
                (ARTICLES, Counter.ARTICLES_WRITTEN, partition.source),
            ):
                of_table = rows[table.name]
                if len(of_table):
                    path = write_file(self.lake, partition, table, name, of_table)
                    count(counter, key, len(of_table))
                    written.append(WrittenFile(table.name, path, len(of_table)))
        return iter(written)

    def _left_to_write(self, partition: Partition, rows: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """The rows of versions that are still not in the lake, and the way cleared for them.

        A job without end goes on from its last checkpoint after a failure, and so may write again what it has written
        since then, in other batches; or find entities and claims of a batch that it had not finished.
        """
        versions = rows[ARTICLES.name]["version_id"].to_pylist()
        known = set(row_ids(self.lake, partition, ARTICLES))
        fresh = set(versions) - known
        if len(fresh) < len(versions):
            count(Counter.ALREADY_KNOWN, partition.source, len(versions) - len(fresh))
        sweep_versions(self.lake, partition, fresh)
        return {table: of_versions(of_table, fresh) for table, of_table in rows.items()}


@dataclass
class WriteRejects(beam.PTransform[beam.PCollection[Rejection], beam.PCollection[WrittenFile]]):
    """Write the rejects that the lake does not hold yet, one file a partition.

    Input: `Rejection`s. Output: a `WrittenFile` each. Same names and guarantees as `WriteTables`.

    Metrics: `rejects` by source and `rejects_by_reason`, known ones included.

    Args:
        lake: root folder of the tables.
        lease: as in `WriteTables`.
    """

    lake: str
    lease: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, rejects: beam.PCollection[Rejection]) -> beam.PCollection[WrittenFile]:
        return (
            rejects
            | "KeyRejects" >> beam.Map(_key_rejection).with_output_types(tuple[Partition, Rejection])
            | "GroupByPartition" >> beam.GroupByKey()
            | "WriteBatch" >> beam.FlatMapTuple(self._write).with_output_types(WrittenFile)
        )

    def _write(self, partition: Partition, rejects: Iterable[Rejection]) -> Iterator[WrittenFile]:
        by_id: dict[str, Rejection] = {}
        for rejection in rejects:
            count(Counter.REJECTS, partition.source)
            count(Counter.REJECTS_BY_REASON, rejection.reason)
            rival = by_id.get(rejection.reject_id)
            if rival is None or rejection.fetched_at < rival.fetched_at:
                by_id[rejection.reject_id] = rejection
        with batch(self.lake, self.lease):
            sweep_temporary(self.lake, partition, REJECTS)
            known = set(row_ids(self.lake, partition, REJECTS))
            fresh = [by_id[key] for key in sorted(by_id) if key not in known]
            if not fresh:
                return iter(())
            path = write_batch(self.lake, partition, REJECTS, batch_name(r.reject_id for r in fresh), fresh)
        return iter((WrittenFile(REJECTS.name, path, len(fresh)),))


def _key_rejection(rejection: Rejection) -> tuple[Partition, Rejection]:
    return Partition(rejection.date, rejection.source), rejection
