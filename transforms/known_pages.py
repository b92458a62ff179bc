"""Which pages the lake already holds, asked before they are fetched."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta

from apache_beam.io.filesystems import FileSystems

from schemas.partition import slug
from schemas.tables import ARTICLES
from transforms.addresses import canonical_address
from transforms.dates import parse_date
from transforms.feed_entries import entry_uri
from transforms.feed_polls import PageTask
from transforms.lake import reread_columns
from transforms.locking import batch
from transforms.sources import publisher

NEAR = timedelta(days=2)
"""Two feeds may date one article differently (published, updated): so far from an entry's date it is looked for."""


def fresh_pages(tasks: Sequence[PageTask], lake: str) -> list[PageTask]:
    """The tasks whose page is not in the lake, each address once.

    The lake is asked by publisher and day: few files, whatever its size. An entry without a date is looked for in
    all days of its publisher.
    """
    by_source: dict[str, list[PageTask]] = {}
    for task in tasks:
        by_source.setdefault(slug(publisher(task.given.url, task.given.source)), []).append(task)
    fresh: dict[str, PageTask] = {}
    for source, group in sorted(by_source.items()):
        with batch(lake, None):  # no compaction meanwhile
            known = known_places(lake, source, _days(group))
        for task in group:
            address = canonical_address(task.given.url) or task.given.url or ""
            if not known & {address, task.given.url, entry_uri(task.given)}:
                fresh.setdefault(address, task)
    return list(fresh.values())


def _days(tasks: Iterable[PageTask]) -> set[date] | None:
    days: set[date] = set()
    for task in tasks:
        moment = parse_date(task.given.published_at or "")
        if moment is None:
            return None
        first = moment.astimezone(UTC).date()
        days |= {first + timedelta(days=n) for n in range(-NEAR.days, NEAR.days + 1)}
    return days


def known_places(lake: str, source: str, days: set[date] | None) -> set[str | None]:
    """Addresses and entries of the articles of a publisher, of some days or of all (`days` None)."""
    folders = [f"date={day:%Y-%m-%d}" for day in sorted(days)] if days is not None else ["date=*"]
    patterns = [FileSystems.join(lake, ARTICLES.name, day, f"source={source}", "part-*.parquet") for day in folders]
    places: set[str | None] = set()
    for found in FileSystems.match(patterns):
        for file in found.metadata_list:
            for column in reread_columns(file, ["url", "canonical_url", "input_uri"]).columns:
                places.update(column.to_pylist())
    places.discard(None)
    return places
