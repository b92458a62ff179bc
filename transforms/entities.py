"""Entity mentions of annotated articles."""

from dataclasses import dataclass

import apache_beam as beam

from schemas.entity import EntityMention
from transforms.annotation import AnnotatedArticle

_KEPT = "mentions"
"""Key in the Doc's own storage."""


def mentions_of(annotated: AnnotatedArticle) -> list[EntityMention]:
    """The entity mentions of an article; none without annotation.

    They are kept with the Doc: where `ExtractEntities` and `ExtractClaims` get the same object, they are found once.
    """
    doc = annotated.doc
    if doc is None:
        return []
    from language.entities import extract_entities  # with spaCy, see `transforms.annotation`

    if _KEPT not in doc.user_data:
        doc.user_data[_KEPT] = extract_entities(annotated.article, doc)
    mentions: list[EntityMention] = doc.user_data[_KEPT]
    return mentions


@dataclass
class ExtractEntities(beam.PTransform[beam.PCollection[AnnotatedArticle], beam.PCollection[EntityMention]]):
    """List the entity mentions of each article.

    Input: `AnnotatedArticle`s. Output: `EntityMention`s, in the order of the text within an article; none for an
    article without annotation. Element-wise: windows and timestamps are kept. Deterministic, safe to retry.
    """

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, articles: beam.PCollection[AnnotatedArticle]) -> beam.PCollection[EntityMention]:
        return articles | "ListEntities" >> beam.FlatMap(mentions_of).with_output_types(EntityMention)
