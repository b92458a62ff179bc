"""Rows of a partition travel together, each once and in its window."""

from collections import Counter
from datetime import date

import apache_beam as beam
import pytest
from apache_beam.testing.util import assert_that, equal_to
from apache_beam.transforms.window import GlobalWindows, SlidingWindows, TimestampedValue
from support import article, local_pipeline

from schemas.article import Article
from schemas.partition import Partition
from schemas.tables import ARTICLES
from transforms import gathering
from transforms.gathering import GatherByPartition, together

SOURCES = ("gazette.example", "phare.example")


def _article(number: int) -> Article:
    return article(article_id=f"{number:08x}", source=SOURCES[number % 2], date=date(2024, 3, 1 + number % 3))


@pytest.mark.parametrize("most", [1, 3, 1_000])
@pytest.mark.parametrize("shards", [1, 2])
def test_gather__rows_of_several_partitions_and_windows__each_once_in_its_own(
    most: int, shards: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "MAX_ROWS", most)
    numbers = range(40)
    expected = [
        (Partition(row.date, row.source, number % shards), start, number)
        for number in numbers
        for row in [_article(number)]
        for start in (number // 10 * 10, number // 10 * 10 - 10)
    ]
    with local_pipeline() as pipeline:
        rows = (
            pipeline
            | beam.Create(numbers, reshuffle=False)
            | beam.Map(lambda number: TimestampedValue(_article(number), number)).with_output_types(Article)
            | beam.WindowInto(SlidingWindows(20, 10))
        )
        gathered = rows | GatherByPartition(ARTICLES, shards)
        found = gathered | beam.ParDo(_Rows()) | "Together" >> beam.WindowInto(GlobalWindows())
        assert_that(found, equal_to(expected))


class _Rows(beam.DoFn):
    def process(self, element, window=beam.DoFn.WindowParam):  # type: ignore[no-untyped-def]
        partition, gathered = element
        for article_id in together(ARTICLES, [gathered])["article_id"].to_pylist():
            yield partition, int(window.start), int(article_id, 16)


def test_gather__bundle_that_failed__leaves_nothing_to_the_next() -> None:
    gather = gathering._Gather(ARTICLES, 1)
    element = beam.utils.windowed_value.WindowedValue(_article(1), 0, ("window",))
    assert list(gather.process(element.value, element, "window")) == []
    gather.start_bundle()
    assert list(gather.finish_bundle()) == []


def test_gather__many_rows_of_a_bundle__are_few_elements() -> None:
    gather = gathering._Gather(ARTICLES, 1)
    gather.start_bundle()
    elements = [beam.utils.windowed_value.WindowedValue(_article(n % 6), 0, ("window",)) for n in range(600)]
    assert [made for e in elements for made in gather.process(e.value, e, "window")] == []
    sizes = Counter(len(together(ARTICLES, [made.value[1]])) for made in gather.finish_bundle())
    assert sizes == {100: 6}
