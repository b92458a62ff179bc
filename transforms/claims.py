"""Attributed claims of annotated articles."""

from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam

from language.claims import extract_claims
from language.entities import extract_entities
from schemas.claim import Claim
from transforms.annotation import AnnotatedArticle


@dataclass
class ExtractClaims(beam.PTransform[beam.PCollection[AnnotatedArticle], beam.PCollection[Claim]]):
    """List who said what in each article.

    Input: `AnnotatedArticle`s. Output: `Claim`s, in the order of the text within an article; none for an article
    without annotation. Element-wise: windows and timestamps are kept. Deterministic, safe to retry.

    Cost: under a tenth of the annotation's. The entities are found again here, which is cheaper than joining the
    output of `ExtractEntities`: the two transforms stay parallel.
    """

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[AnnotatedArticle]) -> beam.PCollection[Claim]:
        return articles | "ListClaims" >> beam.FlatMap(article_claims).with_output_types(Claim)


def article_claims(annotated: AnnotatedArticle) -> Iterator[Claim]:
    """The claims of one article."""
    if annotated.doc is not None:
        mentions = extract_entities(annotated.article, annotated.doc)
        yield from extract_claims(annotated.article, annotated.doc, mentions)
