"""The article: one version of one text, with its metadata and where each value came from."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.vocabulary import DateSource, EditRule, MediaType, QualityFlag, TitleSource


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece that cleaning took out of the extracted text.

    Args:
        rule: why.
        at: offset in `Article.text`, in code points, where `removed` stood. Inserting the pieces in order
            from the last edit to the first gives the extracted text again.
        removed: the words taken out.
    """

    rule: EditRule
    at: int
    removed: str


@dataclass(frozen=True, slots=True)
class Article:
    """A row of `articles`. `source` and `date` are the partition; the rest are columns of the same names."""

    article_id: str
    version_id: str
    source: str
    date: date
    input_uri: str
    media_type: MediaType
    date_source: DateSource
    fetched_at: datetime
    text: str
    word_count: int
    content_hash: str
    simhash: int
    minhash: str
    url: str | None = None
    canonical_url: str | None = None
    source_name: str | None = None
    title: str | None = None
    title_source: TitleSource | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    language_score: float | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    feed_url: str | None = None
    feed_entry_id: str | None = None
    duplicate_of: str | None = None
    edits: tuple[Edit, ...] = ()
    quality_flags: tuple[QualityFlag, ...] = ()
    nlp_model: str | None = None
    sentence_sketches: str = ""
    document_id: str | None = None
