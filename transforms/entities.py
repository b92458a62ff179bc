"""Entity mentions of annotated articles."""

from collections.abc import Iterator
from dataclasses import dataclass

import apache_beam as beam

from language.entities import extract_entities
from schemas.entity import EntityMention
from transforms.annotation import AnnotatedArticle


@dataclass
class ExtractEntities(beam.PTransform[beam.PCollection[AnnotatedArticle], beam.PCollection[EntityMention]]):
    """List the entity mentions of each article.

    Input: `AnnotatedArticle`s. Output: `EntityMention`s, in the order of the text within an article; none for an
    article without annotation. Element-wise: windows and timestamps are kept. Deterministic, safe to retry.
    """

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[AnnotatedArticle]) -> beam.PCollection[EntityMention]:
        return articles | "ListEntities" >> beam.FlatMap(article_entities).with_output_types(EntityMention)


def article_entities(annotated: AnnotatedArticle) -> Iterator[EntityMention]:
    """The mentions of one article."""
    if annotated.doc is not None:
        yield from extract_entities(annotated.article, annotated.doc)
