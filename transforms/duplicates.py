"""Mark copies of an article: the same words under another address, or wire copy that was edited.

Two texts are compared by fingerprints that are stored with them, so that the lake is the only memory. Whether one
article copies another depends on these two alone, and which of them is the original on their dates and ids: never on
the order of arrival. An original that arrives after its copy was written cannot change a written row; the view
`copies` (`sql/`) compares all rows and shows it. See `docs/lake.md`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from operator import eq

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems

from schemas.article import Article
from schemas.partition import Partition
from schemas.tables import ARTICLES
from transforms.fingerprints import MINHASH_BYTES
from transforms.lake import reread_columns
from transforms.locking import batch
from transforms.metrics import Counter, count

MIN_LIKENESS = 0.3
"""Share of equal MinHash bytes. On the wire copy of tests/data, edited copies have 0.34 and more, other articles on
the same event 0.16 and less."""
MIN_WORDS = 50
"""Shorter texts are copies only when all their words are the same: notices differ in one number."""
_BAND_DIGITS = 6
"""Three bytes: at a likeness of 0.4, one of the 42 bands agrees with a chance of 0.94, at 0.5 of 0.997."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What comparing needs to know of one version of an article."""

    article_id: str
    date: date
    published_at: datetime | None
    word_count: int
    content_hash: str
    minhash: str


_Age = tuple[date, bool, datetime, str]


def fingerprint(article: Article) -> Fingerprint:
    """The fingerprint of an article."""
    return Fingerprint(**{name: getattr(article, name) for name in Fingerprint.__dataclass_fields__})


def likeness(first: Fingerprint, second: Fingerprint) -> float:
    """1.0 for the same words; else the estimated Jaccard likeness of the word pairs, 0.0 for short texts."""
    if first.content_hash == second.content_hash:
        return 1.0
    if min(first.word_count, second.word_count) < MIN_WORDS:
        return 0.0
    equal: int = sum(map(eq, bytes.fromhex(first.minhash), bytes.fromhex(second.minhash)))
    return equal / MINHASH_BYTES


def originals(copies: Iterable[Fingerprint], others: Iterable[Fingerprint], days: int) -> list[str | None]:
    """For each of `copies`, the article_id of the earliest article that it copies, or None.

    Args:
        others: what `copies` are compared with, besides each other.
        days: at most so many days lie between the dates of a copy and its original.
    """
    copies = list(copies)
    everything = [*copies, *others]
    ages = _ages(everything)
    index = _index(everything)
    found: list[str | None] = []
    for copy in copies:
        copied = {
            other.article_id
            for other in (everything[place] for key in _keys(copy) for place in index[key])
            if ages[other.article_id] < ages[copy.article_id]
            and timedelta(0) <= copy.date - other.date <= timedelta(days)
            and likeness(copy, other) >= MIN_LIKENESS
        }
        found.append(min(copied, key=ages.__getitem__, default=None))
    return found


def _ages(fingerprints: Iterable[Fingerprint]) -> Mapping[str, _Age]:
    """By article: the age of its earliest version; a corrected version is as old as its article."""
    ages: dict[str, _Age] = {}
    for f in fingerprints:
        undated = datetime.max.replace(tzinfo=UTC)
        age = (f.date, f.published_at is None, f.published_at or undated, f.article_id)
        ages[f.article_id] = min(age, ages.get(f.article_id, age))
    return ages


def _keys(fingerprint: Fingerprint) -> Iterator[str]:
    yield fingerprint.content_hash
    if fingerprint.word_count >= MIN_WORDS:
        for start in range(0, len(fingerprint.minhash) - _BAND_DIGITS + 1, _BAND_DIGITS):
            yield f"{start} {fingerprint.minhash[start : start + _BAND_DIGITS]}"


def _index(fingerprints: Sequence[Fingerprint]) -> Mapping[str, list[int]]:
    index: dict[str, list[int]] = {}
    for place, f in enumerate(fingerprints):
        for key in _keys(f):
            index.setdefault(key, []).append(place)
    return index


def lake_fingerprints(lake: str, first: date, last: date) -> Iterator[Fingerprint]:
    """The fingerprints of all articles that the lake holds for these days, both included, of all sources."""
    names = [name for name in Fingerprint.__dataclass_fields__ if name != "date"]
    for day in (first + timedelta(n) for n in range((last - first).days + 1)):
        folder = Partition(day, "*").folder(ARTICLES.name)
        pattern = FileSystems.join(lake, *folder.split("/"), "part-*.parquet")
        for file in FileSystems.match([pattern])[0].metadata_list:
            for row in reread_columns(file.path, names).to_pylist():
                yield Fingerprint(date=day, **row)


@dataclass
class MarkDuplicates(beam.PTransform[beam.PCollection[Article], beam.PCollection[Article]]):
    """Set `duplicate_of` on articles that copy an earlier one, of any source, in this window or in the lake.

    Input and output: `Article`s that the lake does not hold yet. Grouped by spans of `days` days within the input's
    windows: the articles of a span and the fingerprints of the span before it are in memory at once. Deterministic
    for a given state of the lake, safe to retry.

    Cost: 1 ms an article, and reading the fingerprints (about 0.4 kB an article) of the days before it.

    Metrics: `duplicates` by source.

    Args:
        lake: root folder of the tables.
        days: at most so many days lie between the dates of a copy and its original, 1 or more.
    """

    lake: str
    days: int

    def __post_init__(self) -> None:
        super().__init__()
        if self.days < 1:
            raise ValueError(f"days must be 1 or more, not {self.days}")

    def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[Article]:
        return (
            articles
            | "KeyBySpan" >> beam.FlatMap(self._key_by_span).with_output_types(tuple[int, Article | Fingerprint])
            | "GroupBySpan" >> beam.GroupByKey()
            | "Compare" >> beam.FlatMapTuple(self._compare).with_output_types(Article)
        )

    def _key_by_span(self, article: Article) -> Iterator[tuple[int, Article | Fingerprint]]:
        span = article.date.toordinal() // self.days
        yield span, article
        yield span + 1, fingerprint(article)

    def _compare(self, span: int, elements: Iterable[Article | Fingerprint]) -> Iterator[Article]:
        articles: list[Article] = []
        others: list[Fingerprint] = []
        for element in elements:
            if isinstance(element, Article):
                articles.append(element)
            else:
                others.append(element)
        if not articles:
            return
        dates = [article.date for article in articles]
        with batch(self.lake, None):  # no compaction meanwhile
            others += lake_fingerprints(self.lake, min(dates) - timedelta(self.days), max(dates))
        for article, original in zip(articles, originals(map(fingerprint, articles), others, self.days), strict=True):
            if original is not None:
                count(Counter.DUPLICATES, article.source)
            yield replace(article, duplicate_of=original)
