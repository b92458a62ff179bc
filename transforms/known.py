"""Set aside what the lake already holds, before anything dear is done with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam

from schemas.article import Article
from schemas.partition import Partition
from schemas.tables import ARTICLES
from transforms.lake import row_ids, sweep
from transforms.locking import batch
from transforms.metrics import Counter, count
from transforms.partitions import shard_of


def fresh_versions(articles: Iterable[Article], known: set[str]) -> list[Article]:
    """One article for each version that is not in `known`, sorted by version.

    Of the same version read twice, the one with the least `input_uri` and then `fetched_at` stays, whatever the
    order of arrival.
    """
    chosen: dict[str, Article] = {}
    for article in articles:
        rival = chosen.get(article.version_id)
        if article.version_id not in known and (rival is None or _order(article) < _order(rival)):
            chosen[article.version_id] = article
    return [chosen[version] for version in sorted(chosen)]


def _order(article: Article) -> tuple[str, str]:
    return (article.input_uri, article.fetched_at.isoformat())


@dataclass
class SetAsideKnown(beam.PTransform[beam.PCollection[Article], beam.PCollection[Article]]):
    """Keep the versions of articles that neither the lake nor this window of the run has yet.

    Input: `Article`s. Output: those that are new, each once. Grouped by partition
    within the input's windows, so one partition's new articles are in memory at once. Deterministic, safe to retry.

    What an interrupted run has left of a touched partition is swept first, if the input is bounded: then no batch of
    this run is written before all of its input was looked up, if a Reshuffle or GroupByKey stands between this and
    `WriteTables`. An unbounded run writes while it reads, and leaves leftovers to the next bounded one.

    Metrics: `already_known` by source.

    Args:
        lake: root folder of the tables.
        shards: how many files one partition is spread over.
        lease: sign of life of a run on this machine (see `transforms.locking`).
    """

    lake: str
    shards: int = 1
    lease: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[Article]:
        return (
            articles
            | "KeyByPartition" >> beam.Map(key_by_partition, self.shards).with_output_types(tuple[Partition, Article])
            | "GroupByPartition" >> beam.GroupByKey()
            | "KeepFresh" >> beam.FlatMapTuple(self._keep_fresh, articles.is_bounded).with_output_types(Article)
        )

    def _keep_fresh(self, partition: Partition, articles: Iterable[Article], sweeps: bool = True) -> Iterator[Article]:
        articles = list(articles)
        with batch(self.lake, self.lease):
            known = set(row_ids(self.lake, partition, ARTICLES))
            if sweeps:
                sweep(self.lake, partition, known)
        fresh = fresh_versions(articles, known)
        if len(fresh) < len(articles):
            count(Counter.ALREADY_KNOWN, partition.source, len(articles) - len(fresh))
        return iter(fresh)


def key_by_partition(article: Article, shards: int) -> tuple[Partition, Article]:
    """`(partition, article)`, sharded by the article's id."""
    return Partition(article.date, article.source, shard_of(article.article_id, shards)), article
