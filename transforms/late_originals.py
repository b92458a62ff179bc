"""Mark the copies of originals that arrived after them, so that `duplicate_of` does not depend on arrival.

`MarkDuplicates` compares new articles with the lake. The other way round, a new article may be the original of a copy
that the lake holds already; and an earlier version of an article makes the article older. What this changes in rows
that are there is done here, after the new batches are committed. It is found by the notes that they left, so that the
next run does what a killed one did not; doing it twice changes nothing.

A file of changed rows replaces the old one under the same name, in one step. A row that turns out to be a copy is
marked first and loses its entities and claims later: readers that saw it without a mark are given time to read them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain

from pydantic import TypeAdapter

from schemas.article import Article
from schemas.partition import Partition
from schemas.tables import ARTICLES, CLAIMS, ENTITIES
from transforms.annotation import annotate_article, language_pipelines, without_annotation
from transforms.claims import article_claims
from transforms.duplicates import Comparison, Fingerprint, fingerprints_of_files, is_copy
from transforms.entities import mentions_of
from transforms.lake import arrow_table, part_files, read_columns, replace_rows, sweep_temporary
from transforms.locking import alone, batch
from transforms.notes import Note, notes, remove_notes

_ARTICLE = TypeAdapter(Article)


@dataclass(frozen=True, slots=True)
class Mark:
    """What `duplicate_of` of one version has to be, by all articles of the lake."""

    partition: Partition
    version_id: str
    duplicate_of: str | None


def mark_late_copies(
    lake: str, days: int, models: Mapping[str, str | None], pause: Callable[[], None] = lambda: None
) -> int:
    """Compare all batches that left a note with the lake, mend what they change, and give the number of changed rows.

    Nobody else may be writing to the lake, but for compaction. At most three times `days` days of fingerprints are in
    memory at once.

    Args:
        days: as in `MarkDuplicates`.
        models: as in `Annotate`, for articles that are no copies any more.
        pause: called between marking copies and taking their entities and claims away, if there are any.
    """
    left = notes(lake)
    changed = 0
    while left:
        first = left[0].partition.date
        some = [note for note in left if note.partition.date - first <= timedelta(days)]
        with batch(lake, None):  # no compaction meanwhile
            marks = _marks(lake, some, days)
            stored = _stored_marks(lake, {mark.partition for mark in marks})
        stale = [mark for mark in marks if stored[mark.version_id] != mark.duplicate_of]
        for partition, of_partition in _by_partition(stale):
            _remark(lake, partition, of_partition, models)
        with batch(lake, None):
            annotated = _annotated(lake, [mark for mark in marks if mark.duplicate_of is not None])
        if annotated:
            pause()
        for partition, copies in _by_partition(annotated):
            _take_annotation_away(lake, partition, {copy.version_id for copy in copies})
        remove_notes(lake, some)
        left = left[len(some) :]
        changed += len(stale)
    return changed


def _marks(lake: str, batches: list[Note], days: int) -> list[Mark]:
    """The right marks of all versions whose mark may depend on the noted batches: new versions, other versions of
    their articles, and what is like one of these."""
    first, last = batches[0].partition.date, batches[-1].partition.date
    rows: list[Fingerprint] = []
    files: dict[Partition, dict[str, list[str]]] = defaultdict(dict)
    for partition, name, of_file in fingerprints_of_files(lake, first - timedelta(days), last + timedelta(days)):
        rows.extend(of_file)
        files[partition][name] = [row.article_id for row in of_file]
    moved = frozenset(_article_ids(files, batches))
    comparison = Comparison(rows)
    touched = {place for place, row in enumerate(rows) if row.article_id in moved}
    for place in list(touched):  # from these, which are few in a lake that grows
        touched.update(o for o in comparison.alike(place) - touched if is_copy(rows[place], rows[o]))
    affected = [place for place in sorted(touched) if rows[place].date >= first]
    found = comparison.originals(affected, days)
    return [
        Mark(Partition(row.date, row.source), row.version_id, original)
        for row, original in zip(map(rows.__getitem__, affected), found, strict=True)
    ]


def _article_ids(files: Mapping[Partition, Mapping[str, list[str]]], batches: list[Note]) -> Iterator[str]:
    """The articles of some batches; of their whole partitions where a compaction has merged them.

    Args:
        files: the articles of each file of each partition.
    """
    for note in batches:
        of_partition = files.get(note.partition, {})
        of_batch = of_partition.get(note.name)
        yield from chain.from_iterable(of_partition.values()) if of_batch is None else of_batch


def _stored_marks(lake: str, partitions: Iterable[Partition]) -> dict[str, str | None]:
    stored: dict[str, str | None] = {}
    for partition in partitions:
        for path in part_files(lake, partition, ARTICLES):
            rows = read_columns(path, ["version_id", "duplicate_of"])
            stored |= dict(zip(*(column.to_pylist() for column in rows.columns), strict=True))
    return stored


def _annotated(lake: str, copies: list[Mark]) -> list[Mark]:
    """Those of `copies` that still have entities or claims."""
    found = set()
    for partition in {copy.partition for copy in copies}:
        for table in (ENTITIES, CLAIMS):
            for path in part_files(lake, partition, table):
                found.update(read_columns(path, ["version_id"]).column(0).to_pylist())
    return [copy for copy in copies if copy.version_id in found]


def _by_partition(marks: Iterable[Mark]) -> list[tuple[Partition, list[Mark]]]:
    grouped: dict[Partition, list[Mark]] = {}
    for mark in marks:
        grouped.setdefault(mark.partition, []).append(mark)
    return sorted(grouped.items())


def _remark(lake: str, partition: Partition, marks: Iterable[Mark], models: Mapping[str, str | None]) -> None:
    """Give the rows of one partition their marks. An article that is no copy any more is annotated, and its entities
    and claims are there before its row says so."""
    wanted = {mark.version_id: mark.duplicate_of for mark in marks}
    with alone(lake):
        for path in part_files(lake, partition, ARTICLES):
            articles = [
                replace(without_annotation(article), duplicate_of=wanted[article.version_id])
                for article in _articles(path, partition)
                if article.version_id in wanted
            ]
            fresh = [annotate_article(a, language_pipelines(models)) for a in articles if a.duplicate_of is None]
            articles = [a for a in articles if a.duplicate_of is not None] + [one.article for one in fresh]
            versions = {one.article.version_id for one in fresh}
            entities = arrow_table(ENTITIES, [row for one in fresh for row in mentions_of(one)])
            claims = arrow_table(CLAIMS, [row for one in fresh for row in article_claims(one)])
            name = path.rpartition("/")[2]
            replace_rows(lake, partition, ENTITIES, name, versions, entities)
            replace_rows(lake, partition, CLAIMS, name, versions, claims)
            replace_rows(
                lake, partition, ARTICLES, name, {a.version_id for a in articles}, arrow_table(ARTICLES, articles)
            )
        for table in (ENTITIES, CLAIMS, ARTICLES):
            sweep_temporary(lake, partition, table)


def _articles(path: str, partition: Partition) -> Iterator[Article]:
    for row in read_columns(path, None).to_pylist():
        yield _ARTICLE.validate_python(row | {"date": partition.date, "source": partition.source})


def _take_annotation_away(lake: str, partition: Partition, versions: set[str]) -> None:
    with alone(lake):
        for table in (ENTITIES, CLAIMS):
            for path in part_files(lake, partition, table):
                replace_rows(lake, partition, table, path.rpartition("/")[2], versions, arrow_table(table, ()))
            sweep_temporary(lake, partition, table)
