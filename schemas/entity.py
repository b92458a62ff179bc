"""The entity mention: one place in an article that names a person, a place, an organisation, a date …"""

from dataclasses import dataclass
from datetime import date

from schemas.vocabulary import EntityLabel, EntityMethod


@dataclass(frozen=True, slots=True)
class EntityMention:
    """A row of `entities`; ``Article.text[start:end] == surface``."""

    entity_id: str
    article_id: str
    version_id: str
    mention_id: str
    source: str
    date: date
    surface: str
    start: int
    end: int
    label: EntityLabel
    canonical_name: str
    method: EntityMethod
    sentence_index: int
    in_quote: bool
    in_title: bool
    role: str | None = None
    country_code: str | None = None
