"""Let each version of an article pass once, in a run without end."""

from collections.abc import Iterable
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.coders import StrUtf8Coder
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.userstate import BagStateSpec, TimerSpec, on_timer

from schemas.article import Article
from transforms.metrics import Counter, count

REMEMBERED_SECS = 86_400
"""A version is remembered for a day: long after it was written, from when on the lake remembers it."""


@dataclass
class KeepFirstVersions(beam.PTransform[beam.PCollection[Article], beam.PCollection[Article]]):
    """Set aside what this run has let pass before, and may not have written yet.

    Input and output: `Article`s, unbounded, in the global window (a window's state would end with it). Stateful,
    keyed by article; timestamps are kept. The lake cannot answer this alone: a version that came twice within
    minutes would pass `SetAsideKnown` twice, before either is written.

    Metrics: `already_known` by source.
    """

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[Article]:
        return (
            articles
            | "KeyByArticle" >> beam.Map(_key).with_output_types(tuple[str, Article])
            | "KeepFirst" >> beam.ParDo(_KeepFirst()).with_output_types(Article)
        )


def _key(article: Article) -> tuple[str, Article]:
    return article.article_id, article


class _KeepFirst(beam.DoFn):
    VERSIONS = BagStateSpec("versions", StrUtf8Coder())
    FORGET = TimerSpec("forget", TimeDomain.WATERMARK)

    def process(  # type: ignore[no-untyped-def]
        self,
        element: tuple[str, Article],
        timestamp=beam.DoFn.TimestampParam,
        versions=beam.DoFn.StateParam(VERSIONS),
        forget=beam.DoFn.TimerParam(FORGET),
    ):
        _, article = element
        passed: Iterable[str] = versions.read()
        forget.set(timestamp + REMEMBERED_SECS)
        if article.version_id in set(passed):
            count(Counter.ALREADY_KNOWN, article.source)
            return
        versions.add(article.version_id)
        yield article

    @on_timer(FORGET)
    def forget(self, versions=beam.DoFn.StateParam(VERSIONS)):  # type: ignore[no-untyped-def]
        """Forget an article of which nothing new has come for a while."""
        versions.clear()
