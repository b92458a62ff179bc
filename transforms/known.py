"""Set aside what the lake already holds, before anything dear is done with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam

from schemas.article import Article
from schemas.partition import Partition
from schemas.tables import ARTICLES
from transforms.lake import row_ids
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

    Input: `Article`s. Output: those that are new, each once, spread over the workers again. Grouped by partition
    within the input's windows, so one partition's new articles are in memory at once. Deterministic, safe to retry.

    Metrics: `already_known` by source.

    Args:
        lake: root folder of the tables.
        shards: how many files one partition is spread over.
    """

    lake: str
    shards: int = 1

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[Article]:
        return (
            articles
            | "KeyByPartition" >> beam.Map(key_by_partition, self.shards).with_output_types(tuple[Partition, Article])
            | "GroupByPartition" >> beam.GroupByKey()
            | "KeepFresh" >> beam.FlatMapTuple(self._keep_fresh).with_output_types(Article)
            | "SpreadArticles" >> beam.Reshuffle()
        )

    def _keep_fresh(self, partition: Partition, articles: Iterable[Article]) -> Iterator[Article]:
        articles = list(articles)
        fresh = fresh_versions(articles, set(row_ids(self.lake, partition, ARTICLES)))
        if len(fresh) < len(articles):
            count(Counter.ALREADY_KNOWN, partition.source, len(articles) - len(fresh))
        return iter(fresh)


def key_by_partition(article: Article, shards: int) -> tuple[Partition, Article]:
    """`(partition, article)`, sharded by the article's id."""
    return Partition(article.date, article.source, shard_of(article.article_id, shards)), article
