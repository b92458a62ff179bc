"""The pages that earlier runs could not have, or were told not to fetch: from the rejects table."""

from datetime import datetime

import pyarrow.compute as pc
from apache_beam.io.filesystems import FileSystems

from schemas.tables import REJECTS
from schemas.vocabulary import Stage
from transforms.feed_polls import PageTask
from transforms.lake import read_columns

_COLUMNS = ["stage", "retryable", "payload", "payload_truncated", "input_uri", "attempt"]


def failed_pages(lake: str, now: datetime) -> list[PageTask]:
    """A task for each entry of a feed whose page may be asked for again, in the order of the entries' addresses.

    An entry that was tried several times has a row for each; the newest counts. What the lake has come to hold since
    then is set aside where pages are fetched.
    """
    pattern = FileSystems.join(lake, REJECTS.name, "date=*", "source=*", "part-*.parquet")
    newest: dict[str, tuple[int, bytes]] = {}
    for file in FileSystems.match([pattern])[0].metadata_list:
        table = read_columns(file.path, _COLUMNS)
        wanted = pc.and_(pc.equal(table["stage"], Stage.FETCH.value), table["retryable"])
        for row in table.filter(wanted).to_pylist():
            if not row["payload_truncated"] and row["attempt"] > newest.get(row["input_uri"], (0, b""))[0]:
                newest[row["input_uri"]] = (row["attempt"], row["payload"])
    tasks = [PageTask.from_json(payload.decode()) for _, (_, payload) in sorted(newest.items())]
    return [PageTask(task.given, task.attempt + 1, now) for task in tasks]
