"""Write the rows of `feed_polls`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PCollection

from schemas.feed_poll import FeedPoll
from schemas.partition import Partition, batch_name
from schemas.tables import FEED_POLLS
from transforms.lake import write_batch
from transforms.locking import batch
from transforms.tables import WrittenFile


@dataclass
class WritePolls(beam.PTransform[PCollection[FeedPoll], PCollection[WrittenFile]]):
    """Write the rows of `feed_polls`, after the tables that must be there before they may be.

    Input: `FeedPoll`s. Output: a `WrittenFile` each partition. A poll of a file that brought nothing new leaves no
    row: reading the same file again changes nothing.

    Args:
        lake: root folder of the tables.
        after: what is to be written first (a killed run then reads the entries again, and knows them). Nothing, in a
            run whose rows say nothing of what was seen.
        lease: as in `WriteTables`.
    """

    lake: str
    after: Sequence[PCollection[WrittenFile]] = ()
    lease: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, polls: PCollection[FeedPoll]) -> PCollection[WrittenFile]:
        if self.after:
            written = tuple(self.after) | "GatherWritten" >> beam.Flatten()
            waited = beam.Map(_first, beam.pvalue.AsIter(written)).with_output_types(FeedPoll)
            polls = polls | "WaitForTables" >> waited
        return (
            polls
            | "KeyByPartition" >> beam.Map(_partition).with_output_types(tuple[Partition, FeedPoll])
            | "GroupByPartition" >> beam.GroupByKey()
            | "WriteBatch" >> beam.FlatMapTuple(self._write).with_output_types(WrittenFile)
        )

    def _write(self, partition: Partition, polls: Iterable[FeedPoll]) -> Iterator[WrittenFile]:
        rows = sorted(polls, key=lambda poll: (poll.feed_url, poll.polled_at))
        name = batch_name(f"{poll.feed_url} {poll.polled_at.isoformat()}" for poll in rows)
        with batch(self.lake, self.lease):
            path = write_batch(self.lake, partition, FEED_POLLS, name, rows)
        yield WrittenFile(FEED_POLLS.name, path, len(rows))


def _first(poll: FeedPoll, _: Iterable[WrittenFile]) -> FeedPoll:
    return poll


def _partition(poll: FeedPoll) -> tuple[Partition, FeedPoll]:
    return Partition(poll.date, poll.source), poll
