"""Attributed claims of annotated articles."""

from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam

from schemas.claim import Claim
from transforms.annotation import AnnotatedArticle
from transforms.entities import mentions_of


@dataclass
class ExtractClaims(beam.PTransform[beam.PCollection[AnnotatedArticle], beam.PCollection[Claim]]):
    """List who said what in each article.

    Input: `AnnotatedArticle`s. Output: `Claim`s, in the order of the text within an article; none for an article
    without annotation. Element-wise: windows and timestamps are kept. Deterministic, safe to retry.

    Cost: less than a tenth of the annotation's on most news. The entities are found again here where another worker
    has found those of `ExtractEntities` (see `mentions_of`), which is cheaper than joining its output: the two stay
    parallel.
    """

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[AnnotatedArticle]) -> beam.PCollection[Claim]:
        return articles | "ListClaims" >> beam.FlatMap(article_claims).with_output_types(Claim)


def article_claims(annotated: AnnotatedArticle) -> Iterator[Claim]:
    """The claims of one article."""
    if annotated.doc is not None:
        from language.claims import extract_claims  # with spaCy, see `transforms.annotation`

        yield from extract_claims(annotated.article, annotated.doc, mentions_of(annotated))
