"""Mark copies of an article: the same words under another address, or wire copy that was edited.

Two texts are compared by fingerprints that are stored with them, so that the lake is the only memory. Whether one
article copies another depends on these two alone, and which of them is the original on their dates and ids: never on
the order of arrival: `transforms.late_originals` marks the copies of an original that arrives after them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
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
from transforms.sketches import common_share, telling_sentences

MIN_LIKENESS = 0.1
"""Share of equal MinHash bytes below which two texts are not looked at more closely. Strangers have 0.11 and less."""
MIN_COMMON_SHARE = 0.5
"""Share of the words of two texts that stand in sentences of both (see `transforms.sketches`): half."""
MIN_WORDS = 50
"""Shorter texts are copies only when all their words are the same: notices differ in one number."""
_BAND_DIGITS = 6
"""Three bytes: at a likeness of 0.4, one of the 42 bands agrees with a chance of 0.94, at 0.5 of 0.997."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What comparing needs to know of one version of an article."""

    article_id: str
    version_id: str
    source: str
    date: date
    published_at: datetime | None
    word_count: int
    content_hash: str
    minhash: str
    sentence_sketches: str


_Age = tuple[date, bool, datetime, str]


def fingerprint(article: Article) -> Fingerprint:
    """The fingerprint of an article."""
    return Fingerprint(**{name: getattr(article, name) for name in Fingerprint.__dataclass_fields__})


def likeness(first: Fingerprint, second: Fingerprint) -> float:
    """The estimated Jaccard likeness of the word pairs of two texts."""
    equal: int = sum(map(eq, bytes.fromhex(first.minhash), bytes.fromhex(second.minhash)))
    return equal / MINHASH_BYTES


def is_copy(first: Fingerprint, second: Fingerprint) -> bool:
    """Whether one of two texts was made from the other; which one is not said."""
    if first.content_hash == second.content_hash:
        return True
    return (
        min(first.word_count, second.word_count) >= MIN_WORDS
        and likeness(first, second) >= MIN_LIKENESS
        and common_share(first.sentence_sketches, second.sentence_sketches) >= MIN_COMMON_SHARE
    )


def originals(copies: Iterable[Fingerprint], others: Iterable[Fingerprint], days: int) -> list[str | None]:
    """For each of `copies`, the article_id of the earliest article that it copies, or None.

    A copy is compared with all versions from `days` days before its own date to that date. Of these versions, the
    earliest of each article is the article's age; an article copies none that is younger. Nothing else counts: not
    the order, and not what else is among `others`.

    Args:
        others: what `copies` are compared with, besides each other.
        days: at most so many days lie between the dates of a copy and its original.
    """
    copies = list(copies)
    return Comparison([*copies, *others]).originals(range(len(copies)), days)


class Comparison:
    """Some texts of which each may be compared with those that it has anything in common with.

    Args:
        fingerprints: of these texts.
    """

    def __init__(self, fingerprints: Sequence[Fingerprint]) -> None:
        self._fingerprints = fingerprints
        by_key: dict[str, list[int]] = {}
        with_keys: list[list[list[int]]] = []
        for place, f in enumerate(fingerprints):
            with_key = [by_key.setdefault(key, []) for key in _keys(f)]
            for places in with_key:
                places.append(place)
            with_keys.append(with_key)
        self._with_keys = [[places for places in with_key if len(places) > 1] for with_key in with_keys]

    def alike(self, place: int) -> set[int]:
        """The places of those that have a key in common with the one at this place, itself left out."""
        places = set[int]().union(*self._with_keys[place])
        places.discard(place)
        return places

    def originals(self, copies: Iterable[int], days: int) -> list[str | None]:
        """As the function of this name; the copies are those at these places, and the others all others."""
        ages = _Ages(self._fingerprints, days)
        found: list[str | None] = []
        for place in copies:
            copy = self._fingerprints[place]
            age = ages.at(copy.article_id, copy.date)
            copied = {
                ages.at(other.article_id, copy.date)
                for other in map(self._fingerprints.__getitem__, self.alike(place))
                if timedelta(0) <= copy.date - other.date <= timedelta(days)
                and ages.at(other.article_id, copy.date) < age
                and is_copy(copy, other)
            }
            found.append(min(copied)[-1] if copied else None)
        return found


class _Ages:
    """How old articles are to whom looks back `days` days: as old as the earliest of their versions in that time."""

    def __init__(self, fingerprints: Iterable[Fingerprint], days: int) -> None:
        self._days = timedelta(days)
        self._versions: dict[str, list[_Age]] = {}
        for f in fingerprints:
            undated = datetime.max.replace(tzinfo=UTC)
            age = (f.date, f.published_at is None, f.published_at or undated, f.article_id)
            self._versions.setdefault(f.article_id, []).append(age)

    def at(self, article_id: str, day: date) -> _Age:
        return min(age for age in self._versions[article_id] if day - self._days <= age[0] <= day)


def _keys(fingerprint: Fingerprint) -> Iterator[str]:
    """Copies have one of these in common with their original, at least: all words, a sentence, or a band of the
    MinHash."""
    yield fingerprint.content_hash
    if fingerprint.word_count >= MIN_WORDS:
        yield from telling_sentences(fingerprint.sentence_sketches)
        for start in range(0, len(fingerprint.minhash) - _BAND_DIGITS + 1, _BAND_DIGITS):
            yield f"{start} {fingerprint.minhash[start : start + _BAND_DIGITS]}"


def lake_fingerprints(lake: str, first: date, last: date) -> Iterator[Fingerprint]:
    """The fingerprints of all articles that the lake holds for these days, both included, of all sources."""
    return chain.from_iterable(found for _, _, found in fingerprints_of_files(lake, first, last))


def fingerprints_of_files(lake: str, first: date, last: date) -> Iterator[tuple[Partition, str, list[Fingerprint]]]:
    """The same for each file with its partition and its name."""
    names = [name for name in Fingerprint.__dataclass_fields__ if name not in ("date", "source")]
    for day in (first + timedelta(n) for n in range((last - first).days + 1)):
        folder = Partition(day, "*").folder(ARTICLES.name)
        pattern = FileSystems.join(lake, *folder.split("/"), "part-*.parquet")
        for file in FileSystems.match([pattern])[0].metadata_list:
            source = file.path.rpartition("/source=")[2].partition("/")[0]
            rows = reread_columns(file, names).to_pylist()
            found = [Fingerprint(date=day, source=source, **row) for row in rows]
            yield Partition(day, source), file.path.rpartition("/")[2], found


@dataclass
class MarkDuplicates(beam.PTransform[beam.PCollection[Article], beam.PCollection[Article]]):
    """Set `duplicate_of` on articles that copy an earlier one, of any source, in this window or in the lake.

    Input and output: `Article`s that the lake does not hold yet. Grouped by spans of `days` days within the input's
    windows: the articles of a span and the fingerprints of the span before it are in memory at once. Deterministic
    for a given state of the lake, safe to retry.

    Cost: 1 ms an article, and reading the fingerprints (about 1 kB an article) of the days before it.

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
